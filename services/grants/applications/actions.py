"""Ask a fund for something: a need and an application for it, a second fund for the same need, changes, withdrawal."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Conflict, RefusedFields
from services.clients.models import Client, Consent
from services.clients.privacy import consents
from services.clients.privacy.sealed import sealed
from services.funds.models import Purpose
from services.grants import rules, telling, workflow
from services.grants.guards import limits, reservations
from services.grants.models import Application, Limit, Need, Payment
from services.journal import log
from services.network.models import Site
from tenants.running import current_slug

State = Application.State


class CannotApply(RefusedFields):
    """What is asked breaks a rule; the reasons stand beside their fields."""


class FundClosed(Conflict):
    """The fund or the purpose takes no applications any more."""


class AskedAlready(Conflict):
    """The same need has an application to this fund that is still alive."""


@dataclass(frozen=True)
class Wanted:
    """What somebody needs. A person's need has `client` and `cause`; an activity or a service has a `title`.

    `quantity` is how many `unit` of a service `provider` delivers.
    """

    kind: str
    site: Site
    story: str
    client: Client | None = None
    cause: str = ""
    title: str = ""
    held_on: dt.date | None = None
    provider: str = ""
    unit: str = ""
    quantity: int = 0


@transaction.atomic
def apply(
    *,
    wanted: Wanted,
    purpose: Purpose,
    asked: Decimal,
    by: User,
    as_draft: bool = False,
    submission: UUID | None = None,
) -> Application:
    """Write down a need and ask a fund for it; a draft waits to be submitted. The same `submission` gives the first.

    :raises CannotApply: with the reasons by field.
    :raises FundClosed: if the fund or the purpose is closed.
    :raises services.grants.guards.limits.OverLimit: for more than could ever be granted.
    """
    if submission and (earlier := Application.objects.filter(submission=submission).first()):
        return earlier
    if problems := _problems(wanted):
        raise CannotApply(problems)
    need = Need(number=_next_number("X"), opened_by=by.ref)
    _fill(need, wanted)
    need.save()
    return _ask(need, purpose, asked, by, as_draft, submission)


@transaction.atomic
def ask_another(*, need: Need, purpose: Purpose, asked: Decimal, by: User) -> Application:
    """Ask a second fund for the same need; together they never give more than the need was found to be.

    :raises FundClosed: if the fund or the purpose is closed.
    :raises AskedAlready: if this fund has been asked for it.
    :raises services.grants.guards.limits.OverLimit: for more than is left of the need.
    """
    return _ask(need, purpose, asked, by, as_draft=False, submission=None)


@transaction.atomic
def change(*, application: Application, wanted: Wanted, purpose: Purpose, asked: Decimal, by: User) -> Application:
    """Write a draft, or an application returned for more, anew.

    :raises CannotApply: with the reasons by field.
    :raises services.grants.workflow.WrongState: once it was submitted.
    """
    application = workflow.locked(application, "change")
    _only_applicant(application, by)
    if problems := _problems(wanted):
        raise CannotApply(problems)
    if purpose.fund_id != application.fund_id:
        raise CannotApply({"purpose": [_("不能换到另一个基金；请撤回后重新申请。")]})
    _open_for(purpose)
    _fill(application.need, wanted)
    application.need.save()
    application.purpose, application.asked = purpose, asked
    application.version += 1
    _foresee(application)
    application.save(update_fields=["purpose", "asked", "version"])
    log.write("grants.application.changed", on=application, by=by, version=application.version)
    return application


@transaction.atomic
def submit(*, application: Application, by: User) -> None:
    """Hand a draft, or what was returned, in to be assessed.

    :raises services.grants.workflow.WrongState: unless it is a draft or was returned.
    :raises services.grants.guards.limits.OverLimit: for more than could ever be granted.
    """
    application = workflow.locked(application, "submit")
    _only_applicant(application, by)
    _open_for(application.purpose)
    _foresee(application)
    application.state, application.state_reason = State.SUBMITTED, ""
    application.save(update_fields=["state", "state_reason"])
    log.write("grants.application.submitted", on=application, by=by)
    telling.told_waiting(application, by)


@transaction.atomic
def withdraw(*, application: Application, reason: str, by: User, for_agency: bool = False) -> None:
    """Take an application back before it is paid; what was reserved and counted is given back.

    :param for_agency: the director does it, for an applicant who is gone.

    :raises services.grants.workflow.WrongState: once it is paid or ended.
    :raises CannotApply: without a reason.
    """
    application = workflow.locked(application, "withdraw")
    if not for_agency:
        _only_applicant(application, by)
    if problems := rules.words_problems(reason, least=2, most=200):
        raise CannotApply({"reason": problems})
    application.payments.filter(state=Payment.State.PREPARED).update(state=Payment.State.DROPPED)
    reservations.release(application, by=by)
    application.state, application.state_reason = State.WITHDRAWN, reason.strip()
    application.save(update_fields=["state", "state_reason", "awarded"])
    log.write("grants.application.withdrawn", on=application, by=by)


def _ask(
    need: Need, purpose: Purpose, asked: Decimal, by: User, as_draft: bool, submission: UUID | None
) -> Application:
    if need.client:
        consents.check(need.client, Consent.Purpose.SHARING)
    _open_for(purpose)
    application = Application(
        number=_next_number("S"), need=need, fund=purpose.fund, purpose=purpose, asked=asked, applied_by=by.ref,
        state=State.DRAFT if as_draft else State.SUBMITTED, submission=submission,
    )  # fmt: skip
    _foresee(application)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as clash:
        if "application_one_live_per_fund" not in str(clash):
            raise
        raise AskedAlready(_("这项需求已经向这个基金申请过，还在办理中。")) from None
    log.write("grants.application.made", on=application, by=by, fund=purpose.fund.ref, need=need.ref)
    telling.told_waiting(application, by)
    return application


def _open_for(purpose: Purpose) -> None:
    if not purpose.fund.is_active:
        raise FundClosed(_("这个基金已经关闭，不再受理申请。"))
    if purpose.closed_on:
        raise FundClosed(_("这项用途已经停用，请另选用途。"))


def _foresee(application: Application) -> None:
    need = application.need
    worth = Limit.objects.filter(kind=Limit.Kind.NEED, subject=need.ref).values_list("cap", flat=True).first()
    worth_now = worth if worth is not None else application.asked
    wanted = limits.claims(need, application.fund, year=clock.today().year, worth=worth_now)
    if worth is not None and not application.need.applications.exclude(pk=application.pk).exists():
        wanted = [claim for claim in wanted if claim.kind != Limit.Kind.NEED]
    limits.foresee(wanted, application.asked)


def _only_applicant(application: Application, by: User) -> None:
    if by.ref != application.applied_by:
        raise Conflict(_("只有提出申请的人可以修改、提交或撤回。"))


def _problems(wanted: Wanted) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if wanted.kind == Need.Kind.PERSON:
        if wanted.client is None:
            problems["client"] = [_("请选择服务对象。")]
        elif wanted.client.is_sample:
            problems["client"] = [_("示例档案不能申请资助。")]
        elif wanted.client.merged_into_id:
            problems["client"] = [_("这份档案已并入另一份，请选择保留的档案。")]
        if wanted.cause not in Need.Cause.values:
            problems["cause"] = [_("请选择困难原因。")]
    elif not wanted.title.strip():
        problems["title"] = [_("请填写名称。")]
    if wanted.kind == Need.Kind.SERVICE:
        if not wanted.provider.strip():
            problems["provider"] = [_("请填写服务提供方。")]
        if not wanted.unit.strip() or wanted.quantity < 1:
            problems["quantity"] = [_("请填写服务单位和数量。")]
    if said := rules.words_problems(wanted.story, least=2):
        problems["story"] = said
    return problems


def _fill(need: Need, wanted: Wanted) -> None:
    for name in ("kind", "site", "client", "cause", "title", "held_on", "provider", "unit", "quantity"):
        setattr(need, name, getattr(wanted, name))
    if need.kind != Need.Kind.PERSON:
        need.client, need.cause = None, ""
    need.story_sealed = sealed(need, "story", wanted.story.strip())


def _next_number(letter: str) -> str:
    """Return the next free number such as S2026-00017; two at once wait for each other."""
    prefix = f"{letter}{clock.today().year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|{prefix}"])
    model = Need if letter == "X" else Application
    known = model.objects.filter(number__startswith=prefix).order_by("-number")
    last = known.values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"
