"""Take a request, check who asks, and answer it: a copy, a correction, a deletion, a withdrawal, or a reasoned no."""

import datetime as dt
import hmac
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict, RefusedFields
from common.texts.identity import id_number as read_id_number
from common.working_days import is_worked
from services.clients.models import Client, Consent
from services.clients.privacy import consents
from services.clients.privacy.sealed import id_number_hash, sealed
from services.journal import log
from services.people.models import Staff
from services.rights.answers import copy, forget
from services.rights.models import PersonRequest
from services.rights.rules import due_on
from services.volunteers.models import Volunteer
from tenants.models import Tenant
from tenants.running import current_slug

State, Kind, Giver = PersonRequest.State, PersonRequest.Kind, Consent.Giver
FIELDS = {Client: "client", Volunteer: "volunteer", Staff: "staff"}


class CannotTake(RefusedFields):
    """The request says too little, or this cannot be asked of such a file."""


class NotThePerson(RefusedFields):
    """The document does not agree with the file."""


class CannotAnswer(Conflict):
    """Nobody has checked yet who asks, or the request is answered already."""


@transaction.atomic
def take(
    *,
    person: Any,
    kind: str,
    asker: str,
    asker_name: str,
    proof: str,
    words: str,
    received_on: dt.date,
    today: dt.date,
    by: User,
) -> PersonRequest:
    """Write a request down; it is to be answered within fifteen working days of its receipt.

    :param asker_name: of the guardian or agent, who also shows a `proof`; '' for the person.
    :raises CannotTake: with the reasons by field.
    """
    problems: dict[str, list[str]] = {}
    if asker != Giver.SELF and not asker_name.strip():
        problems["asker_name"] = [_("请填写监护人或受托人的姓名。")]
    if asker != Giver.SELF and len(proof.strip()) < 2:
        problems["proof"] = [_("请写明看到的监护或委托凭证。")]
    if received_on > today:
        problems["received_on"] = [_("收到日期不能在今天之后。")]
    if isinstance(person, Staff) and kind not in (Kind.COPY, Kind.CORRECT):
        problems["kind"] = [_("工作人员的资料依劳动法规保存，可以复制或更正。")]
    if kind == Kind.CORRECT and len(words.strip()) < 2:
        problems["words"] = [_("请写明哪里不对、应当是什么。")]
    if problems:
        raise CannotTake(problems)
    person_request = PersonRequest(
        kind=kind, asker=asker, proof=proof.strip(), received_on=received_on, taken_by=by.ref,
        due_on=due_on(received_on, is_worked), **{FIELDS[type(person)]: person},
    )  # fmt: skip
    person_request.asker_sealed, person_request.words_sealed = (
        sealed(person_request, "asker", asker_name.strip()),
        sealed(person_request, "words", words.strip()),
    )
    person_request.save()
    log.write(
        "rights.request.taken",
        on=person_request,
        by=by,
        kind=kind,
        person=person.ref,
        due_on=person_request.due_on.isoformat(),
    )
    return person_request


def check_identity(*, request: PersonRequest, document: str, id_number: str, by: User) -> PersonRequest:
    """Note who saw which document. Where the file has an ID number, the one shown must be it; it is compared, not kept.

    :raises NotThePerson: if it is another one, or none was given though the file has one. That is logged too.
    :raises CannotAnswer: once the request was checked or closed.
    """
    number_hash = getattr(request.person, "id_number_hash", None)
    # Compared before the transaction and refused after it: the line about a wrong number in the log must stay.
    problem = _mismatch(number_hash, id_number)
    with transaction.atomic():
        locked = _locked(request, {State.OPEN})
        if problem:
            log.write("rights.request.not_matched", on=locked, by=by)
        else:
            locked.document, locked.is_matched = document, True if number_hash else None
            locked.checked_by, locked.checked_at, locked.state = by.ref, timezone.now(), State.CHECKED
            locked.save(update_fields=["document", "is_matched", "checked_by", "checked_at", "state"])
            log.write("rights.request.checked", on=locked, by=by, document=document, matched=bool(number_hash))
    if problem:
        raise NotThePerson({"id_number": [problem]})
    return locked


@transaction.atomic
def hand_over_copy(*, request: PersonRequest, today: dt.date, by: User) -> bytes:
    """Return the copy as a ZIP, once: afterwards the request is answered.

    :raises CannotAnswer: unless it asks for a copy, was checked, and was not answered yet.
    """
    locked = _locked(request, {State.CHECKED}, Kind.COPY)
    agency = Tenant.objects.values_list("name", flat=True).get(slug=current_slug())
    _answer(locked, State.DONE, "", {}, by)
    return copy.package(locked, agency, today)


@transaction.atomic
def note_correction(*, request: PersonRequest, words: str, by: User) -> None:
    """Say what was corrected; the file itself is changed on its own page.

    :raises CannotAnswer: unless it asks for a correction and was checked.
    :raises CannotTake: without words.
    """
    locked = _locked(request, {State.CHECKED}, Kind.CORRECT)
    _answer(locked, State.DONE, _need_words(words), {}, by)


@transaction.atomic
def delete(*, request: PersonRequest, today: dt.date, by: User) -> None:
    """Empty what can go of the person's data now, and note what stays until when.

    :raises CannotAnswer: unless it asks for deletion and was checked.
    :raises services.rights.answers.forget.CannotForget: while something is under way.
    """
    locked = _locked(request, {State.CHECKED}, Kind.DELETE)
    outcome = forget.forget(person=locked.person, keep=locked, today=today, by=by)
    locked.asker_sealed, locked.words_sealed, locked.proof = None, None, ""
    locked.save(update_fields=["asker_sealed", "words_sealed", "proof"])
    _answer(locked, State.DONE, "", outcome, by)


@transaction.atomic
def withdraw_consent(*, request: PersonRequest, purpose: str, today: dt.date, by: User) -> None:
    """Withdraw the consent the request names.

    :raises CannotAnswer: unless it asks for that and was checked.
    :raises services.clients.privacy.consents.NothingToWithdraw: if it was withdrawn already.
    """
    locked = _locked(request, {State.CHECKED}, Kind.WITHDRAW)
    consents.withdraw(person=locked.person, purpose=purpose, on=today, giver=locked.asker, name="", by=by)
    _answer(locked, State.DONE, "", {"purpose": purpose}, by)


@transaction.atomic
def decline(*, request: PersonRequest, reason: str, by: User) -> None:
    """Refuse a request with a reason the person is told.

    :raises CannotAnswer: once it is answered.
    :raises CannotTake: without a reason.
    """
    locked = _locked(request, {State.OPEN, State.CHECKED})
    _answer(locked, State.REFUSED, _need_words(reason), {}, by)


@transaction.atomic
def drop(*, request: PersonRequest, by: User) -> None:
    """Note that the person takes the request back.

    :raises CannotAnswer: once it is answered.
    """
    locked = _locked(request, {State.OPEN, State.CHECKED})
    _answer(locked, State.DROPPED, "", {}, by)


def _answer(locked: PersonRequest, state: str, words: str, outcome: dict[str, Any], by: User) -> None:
    locked.state, locked.outcome = state, outcome
    locked.answer_sealed = sealed(locked, "answer", words)
    locked.answered_by, locked.answered_at = by.ref, timezone.now()
    locked.save(update_fields=["state", "outcome", "answer_sealed", "answered_by", "answered_at"])
    log.write(f"rights.request.{state}", on=locked, by=by, kind=locked.kind)


def _locked(request: PersonRequest, states: set[Any], kind: str = "") -> PersonRequest:
    # Two who answer at once wait here; the second finds the request answered.
    locked = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.state == State.OPEN and State.OPEN not in states:
        raise CannotAnswer(_("请先核验提出人的身份。"))
    if locked.state not in states:
        raise CannotAnswer(_("请求现在是“%(state)s”，不能这样处理。") % {"state": locked.get_state_display()})
    if kind and locked.kind != kind:
        raise CannotAnswer(_("这项请求要的不是这个。"))
    return locked


def _mismatch(number_hash: str | None, typed: str) -> str:
    """Return why a number does not prove the person; '' if it does, or the file has none to compare with."""
    if not number_hash:
        return ""
    if not typed.strip():
        return _("档案里有证件号码，请输入证件上的号码核对；号码不会保存。")
    try:
        number = read_id_number(typed, timezone.localdate())
    except ValueError as wrong:
        return str(wrong)
    same = hmac.compare_digest(id_number_hash(number.value), number_hash)
    return "" if same else _("证件号码与档案不一致，不能核验通过。")


def _need_words(words: str) -> str:
    if len(words.strip()) < 2:
        raise CannotTake({"words": [_("请写明答复内容。")]})
    return words.strip()
