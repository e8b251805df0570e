"""Objections during the public notice, their answers, and the end of a notice."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Conflict, RefusedFields
from disclosure import door as disclosure
from services.clients.privacy.sealed import opened, sealed
from services.grants import rules, telling, workflow
from services.grants.guards import duties, reservations
from services.grants.models import Application, Objection
from services.journal import log
from tenants.running import current_slug

State = Application.State
LONGEST_CONTACT = 200


class CannotObject(RefusedFields):
    """The objection says too little."""


class NoticeOver(Conflict):
    """The notice has run its days."""


class AnsweredAlready(Conflict):
    """The objection has its answer."""


@transaction.atomic
def raise_objection(*, application: Application, words: str, contact: str, by: User | None) -> Objection:
    """Object to a grant on public notice; `by` None is anybody of the public. The same words once give the first back.

    :raises services.grants.workflow.WrongState: unless it is on notice.
    :raises NoticeOver: after the notice's last day.
    :raises CannotObject: without a reason.
    """
    application = workflow.locked(application, "object")
    if application.decided_at is None:
        raise NoticeOver(_("这份申请已经回到管委会重新审议。"))
    if application.notice_to is None or rules.notice_is_over(ends_on=application.notice_to, today=clock.today()):
        raise NoticeOver(_("公示已经结束。"))
    if problems := rules.words_problems(words, least=4, most=1000):
        raise CannotObject({"words": problems})
    if len(contact) > LONGEST_CONTACT:
        raise CannotObject({"contact": [_("最多 %(n)d 个字。") % {"n": LONGEST_CONTACT}]})
    said = words.strip()
    for open_one in application.objections.filter(state=Objection.State.OPEN):
        if opened(open_one, "words") == said:
            return open_one
    objection = Objection(application=application, raised_by=by.ref if by else "")
    objection.words_sealed = sealed(objection, "words", said)
    objection.contact_sealed = sealed(objection, "contact", contact.strip())
    objection.save()
    application.state = State.OBJECTED
    application.save(update_fields=["state"])
    log.write("grants.objection.raised", on=objection, by=by, application=application.ref)
    return objection


@transaction.atomic
def answer(*, objection: Objection, is_upheld: bool, words: str, by: User) -> Application:
    """Answer an objection: dismissed, the notice goes on; upheld, the committee votes again in a new round.

    :raises AnsweredAlready: if it has its answer.
    :raises services.grants.guards.duties.TwoDuties: for the applicant, the assessor and members who voted.
    """
    application = workflow.locked(objection.application, "answer")
    objection = Objection.objects.select_for_update().get(pk=objection.pk)
    if objection.state != Objection.State.OPEN:
        raise AnsweredAlready(_("这条异议已经答复。"))
    duties.refuse_double(application, by, "monitor")
    if problems := rules.words_problems(words, least=2, most=1000):
        raise CannotObject({"words": problems})
    objection.state = Objection.State.UPHELD if is_upheld else Objection.State.DISMISSED
    objection.answer_sealed = sealed(objection, "answer", words.strip())
    objection.answered_by, objection.answered_at = by.ref, clock.now()
    objection.save()
    if is_upheld and application.decided_at is not None:
        disclosure.end_notice(tenant=current_slug(), source=reservations.notice_source(application), withdrawn=True)
        application.round += 1
        application.decided_at = None
    elif application.decided_at is not None and not _open(application):
        application.state = State.NOTICE
    application.save(update_fields=["state", "round", "decided_at"])
    log.write("grants.objection.answered", on=objection, by=by, upheld=is_upheld)
    return application


@transaction.atomic
def end_due_notice(application: Application) -> Application:
    """Let an application be paid once its notice has run all of its days without an open objection."""
    if not Application.objects.filter(pk=application.pk, state=State.NOTICE).exists():
        return application
    found = workflow.locked(application, "object")
    if not _is_due(found):
        return found
    found.state = State.PAYABLE
    found.save(update_fields=["state"])
    disclosure.end_notice(tenant=current_slug(), source=reservations.notice_source(found))
    log.write("grants.notice.ended", on=found, by=None, round=found.round)
    telling.told_waiting(found, None)
    return found


def end_due_notices() -> int:
    """End every notice of this agency that has run its days; return how many ended."""
    due = Application.objects.filter(state=State.NOTICE, notice_to__lt=clock.today())
    return sum(end_due_notice(application).state == State.PAYABLE for application in due)


def _is_due(application: Application) -> bool:
    return (
        application.state == State.NOTICE
        and application.notice_to is not None
        and rules.notice_is_over(ends_on=application.notice_to, today=clock.today())
        and not _open(application)
    )


def _open(application: Application) -> bool:
    return application.objections.filter(state=Objection.State.OPEN).exists()
