"""What changes about appeals: an agency makes one against a line of its score, the purchaser answers it."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.refusals import Conflict, Refused
from contracts import queries, rules
from contracts.models import Appeal, Contract
from evaluation.scoring import Scorecard

ZERO = Decimal(0)


class CannotAppeal(Refused):
    """The line has nothing to appeal, or the reason cannot stand."""


class AlreadyAppealed(Conflict):
    """An appeal of this line waits for its answer."""


class CannotAnswer(Refused):
    """The answer has no fit reason, or comes from whoever appealed."""


class AlreadyAnswered(Conflict):
    """Somebody has answered this appeal."""


def make_appeal(*, contract: Contract, code: str, reason: str, today: dt.date, by: User | None) -> Appeal:
    """Appeal a line of the live score (a rule's, or a veto that was found), with a reason.

    :raises CannotAppeal: if the contract is closed, the line has no points yet or lost none, or for the reason.
    :raises AlreadyAppealed: if an appeal of the line is open.
    """
    points, full = points_of(queries.scorecard(contract, today), code)
    if problems := rules.appeal_problems(
        points=points, full=full, is_closed=contract.state == Contract.State.CLOSED, reason=reason
    ):
        raise CannotAppeal(problems)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                contract=contract, code=code, points=points or ZERO, reason=reason.strip(), by=by
            )
            log.write("contracts.appeal.made", on=appeal, by=by, contract=contract.ref, code=code)
    except IntegrityError as error:
        if "appeal_open_once" not in str(error):
            raise
        raise AlreadyAppealed(_("这一项已有一份申诉在等待答复。")) from None
    return appeal


def answer_appeal(*, appeal: Appeal, is_accepted: bool, answer: str, by: User) -> Appeal:
    """Answer an appeal: it is accepted, or the points are kept, in either case with a reason.

    :raises CannotAnswer: without a fit reason, or if one would answer one's own appeal.
    :raises AlreadyAnswered: if it is not open any more.
    """
    if problems := rules.words_problems(answer):
        raise CannotAnswer(problems)
    if appeal.by_id == by.pk:
        raise CannotAnswer(_("不能答复自己提出的申诉，请由另一人答复。"))
    with transaction.atomic():
        found = Appeal.objects.select_for_update().get(pk=appeal.pk)
        if not found.is_open:
            raise AlreadyAnswered(_("这份申诉已经答复过。"))
        found.state = Appeal.State.ACCEPTED if is_accepted else Appeal.State.KEPT
        found.answer, found.answered_by, found.answered_at = answer.strip(), by, timezone.now()
        found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        log.write("contracts.appeal.answered", on=found, by=by, contract=appeal.contract.ref, state=found.state)
    return found


def points_of(card: Scorecard, code: str) -> tuple[Decimal | None, Decimal]:
    """Return the points a line has (None: not yet) and its full points. A veto has 0 of 1 if it was found, else 1.

    :raises KeyError: if the programme has neither such a rule nor such a veto.
    """
    if card.programme.veto(code):
        return (ZERO if any(veto.code == code for veto in card.vetoes) else Decimal(1)), Decimal(1)
    line = card.line(code)
    return line.score, line.indicator.max_score


def appealable(card: Scorecard) -> frozenset[str]:
    """Return the codes of the lines that lost points, and of the vetoes found."""
    lost = {line.indicator.code for line in card.lines if not line.is_pending and line.lost > 0}
    return frozenset(lost | {veto.code for veto in card.vetoes})
