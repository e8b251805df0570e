"""What changes about appeals: an agency makes one against a line of its score, the purchaser answers it.

The contract's row is locked first, as by whoever publishes (contracts/publishing/actions.py).
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common import clock
from common.dates import local_day
from common.files.proofs import Proof
from common.refusals import Conflict, Refused
from contracts import queries, rules
from contracts.appeals import files
from contracts.appeals.rules import (
    MOST_FILES,
    answerer_problems,
    effect_problems,
    sheet_appeal_problems,
    too_many,
)
from contracts.decisions.actions import settle_line
from contracts.models import Appeal, Contract, Mark, ScoreSheet
from contracts.publishing.queries import appealed_before
from contracts.publishing.rules import publication_of
from contracts.telling.actions import told_appeal_answered, told_appeal_made
from evaluation.scoring import Scorecard

ZERO = Decimal(0)


class CannotAppeal(Refused):
    """The line has nothing to appeal, its time is over, or the reason or the number of files cannot stand."""


class AlreadyAppealed(Conflict):
    """An appeal of this line waits for its answer."""


class CannotAnswer(Refused):
    """The answer has no fit reason or effect, or comes from whoever appealed or gave the mark."""


class AlreadyAnswered(Conflict):
    """Somebody has answered this appeal."""


def make_appeal(
    *, contract: Contract, code: str, reason: str, today: dt.date, by: User | None, proofs: Sequence[Proof] = ()
) -> Appeal:
    """Appeal a line of the live score (a rule's, or a veto that was found), with a reason and photos or papers.

    :raises CannotAppeal: if the contract is closed or its programme has appeals of published scores only, the line has
        no points yet or lost none, or for the reason or a file.
    :raises AlreadyAppealed: if an appeal of the line is open.
    """
    points, full = points_of(queries.scorecard(contract, today), code)
    if problems := rules.appeal_problems(
        points=points,
        full=full,
        is_closed=contract.state == Contract.State.CLOSED,
        is_open=publication_of(contract.edition).live_appeals,
        reason=reason,
    ):
        raise CannotAppeal(problems)
    appeal = Appeal(contract=contract, code=code, points=points or ZERO, reason=reason.strip(), by=by)
    return _made(appeal, proofs)


def appeal_sheet(*, sheet: ScoreSheet, code: str, reason: str, by: User | None, proofs: Sequence[Proof] = ()) -> Appeal:
    """Appeal a line of a published score while its days of appeal run, by the database's clock.

    In time is who sends it before the last day ends: the moment its transaction began counts, not how long it waited
    for a lock.

    :raises CannotAppeal: if the days are over or the programme gives none, the score was corrected, the line was
        appealed before or lost nothing, or for the reason or a file.
    :raises AlreadyAppealed: if an appeal of the line is open.
    """
    with transaction.atomic():
        Contract.objects.select_for_update().get(pk=sheet.contract_id)
        points, full = sheet_points(sheet, code)
        if problems := sheet_appeal_problems(
            now=clock.now(),
            until=sheet.appeal_until,
            is_newest=not ScoreSheet.objects.filter(replaces=sheet).exists(),
            is_repeated=code in appealed_before(sheet) and not _open(sheet.contract, code),
            points=points,
            full=full,
            reason=reason,
        ):
            raise CannotAppeal(problems)
        appeal = Appeal(contract=sheet.contract, sheet=sheet, code=code, points=points, reason=reason.strip(), by=by)
        return _made(appeal, proofs)


def _open(contract: Contract, code: str) -> bool:
    return contract.appeals.filter(code=code, state=Appeal.State.OPEN).exists()


def _made(appeal: Appeal, proofs: Sequence[Proof]) -> Appeal:
    if len(proofs) > MOST_FILES:
        raise CannotAppeal(too_many())
    try:
        with transaction.atomic():
            appeal.save(force_insert=True)
            for proof in proofs:
                files.keep(appeal, proof)
            log.write(
                "contracts.appeal.made", on=appeal, by=appeal.by, contract=appeal.contract.ref, code=appeal.code,
                sheet=appeal.sheet.ref if appeal.sheet else "", files=len(proofs),
            )  # fmt: skip
            told_appeal_made(appeal=appeal, by=appeal.by)
    except IntegrityError as error:
        if "appeal_open_once" not in str(error):
            raise
        raise AlreadyAppealed(_("这一项已有一份申诉在等待答复。")) from None
    return appeal


def answer_appeal(
    *,
    appeal: Appeal,
    is_accepted: bool,
    answer: str,
    effect: str = "",
    points: Decimal | None = None,
    clause: str = "",
    by: User,
) -> Appeal:
    """Answer an appeal: it is upheld and has its effect on the line in the same act, or the points are kept.

    :param effect: of an upheld one, an Appeal.Effect; `points` and `clause` go with POINTS, `clause` with LIFTED.
    :raises CannotAnswer: without a fit reason or effect, or if the appeal or the mark is one's own.
    :raises CannotDecide: if the points or the clause cannot stand.
    :raises AlreadyAnswered: if it is not open any more.
    """
    if problems := rules.words_problems(answer):
        raise CannotAnswer(problems)
    with transaction.atomic():
        contract = Contract.objects.select_for_update().get(pk=appeal.contract_id)
        found = Appeal.objects.select_for_update().get(pk=appeal.pk)
        found.contract = contract
        if not found.is_open:
            raise AlreadyAnswered(_("这份申诉已经答复过。"))
        if problems := answerer_problems(by=by.pk, appellant=found.by_id, markers=_markers(found)):
            raise CannotAnswer(problems)
        found.state = Appeal.State.ACCEPTED if is_accepted else Appeal.State.KEPT
        found.answer, found.answered_by, found.answered_at = answer.strip(), by, timezone.now()
        if is_accepted:
            found.effect = effect
            _carry_out(found, points, clause, by)
        found.save(update_fields=["state", "answer", "answered_by", "answered_at", "effect"])
        log.write(
            "contracts.appeal.answered", on=found, by=by, contract=contract.ref, state=found.state, effect=found.effect
        )
        told_appeal_answered(appeal=found, by=by)
    return found


def give_effect(*, appeal: Appeal, effect: str, points: Decimal | None, clause: str, by: User) -> Appeal:
    """Name and carry out the effect of an appeal that was upheld before an effect had to be named.

    :raises CannotAnswer: if it is not upheld, has one, cannot have this one, or it is one's own.
    :raises CannotDecide: if the points or the clause cannot stand.
    """
    with transaction.atomic():
        contract = Contract.objects.select_for_update().get(pk=appeal.contract_id)
        found = Appeal.objects.select_for_update().get(pk=appeal.pk)
        found.contract = contract
        if found.state != Appeal.State.ACCEPTED or found.effect:
            raise CannotAnswer(_("只有已成立、还没有写明影响的申诉需要补写影响。"))
        if problems := answerer_problems(by=by.pk, appellant=found.by_id, markers=()):
            raise CannotAnswer(problems)
        found.effect = effect
        _carry_out(found, points, clause, by)
        found.save(update_fields=["effect"])
        log.write("contracts.appeal.effected", on=found, by=by, contract=contract.ref, effect=effect)
    return found


def _carry_out(appeal: Appeal, points: Decimal | None, clause: str, by: User) -> None:
    contract, rule = appeal.contract, appeal.contract.edition.by_code.get(appeal.code)
    now, _full = points_of(queries.scorecard(contract, _day_of(appeal)), appeal.code)
    if problems := effect_problems(
        effect=appeal.effect,
        is_veto=contract.edition.veto(appeal.code) is not None,
        by_hand=rule is not None and rule.by_hand,
        before=appeal.points,
        now=now or ZERO,
    ):
        raise CannotAnswer(problems)
    if appeal.effect not in (Appeal.Effect.POINTS, Appeal.Effect.LIFTED):
        return
    if appeal.effect == Appeal.Effect.POINTS and (points is None or points <= appeal.points):
        raise CannotAnswer(_("改定的得分须高于申诉时的 %(points)s 分。") % {"points": appeal.points})
    settle_line(
        contract=contract, code=appeal.code, points=points, clause=clause, reason=appeal.answer,
        dated=_since(appeal), appeal=appeal, by=by,
    )  # fmt: skip


def _day_of(appeal: Appeal) -> dt.date:
    """Return the day whose score was appealed."""
    day = appeal.sheet.as_of if appeal.sheet else local_day(appeal.made_at)
    return queries.last_day(appeal.contract, day)


def _since(appeal: Appeal) -> dt.date:
    """Return from which day on the settled points count: with the mark they stand for, else with the score appealed."""
    marked = [mark.dated for mark in _marks_then(appeal)]
    return min([*marked[-1:], _day_of(appeal)])


def _markers(appeal: Appeal) -> set[int]:
    """Return who gave the mark that is appealed; every one who gave it, of a veto."""
    marks = _marks_then(appeal)
    standing = marks if appeal.contract.edition.veto(appeal.code) else marks[-1:]
    return {mark.by_id for mark in standing if mark.by_id}


def _marks_then(appeal: Appeal) -> list[Mark]:
    """Return the marks of the line that stood when it was appealed, the oldest first."""
    made = appeal.made_at
    return [
        mark
        for mark in appeal.contract.marks.filter(code=appeal.code, given_at__lte=made).order_by("pk")
        if mark.withdrawn_at is None or mark.withdrawn_at > made
    ]


def points_of(card: Scorecard, code: str) -> tuple[Decimal | None, Decimal]:
    """Return the points a line has (None: not yet) and its full points. A veto has 0 of 1 if it was found, else 1.

    :raises KeyError: if the programme has neither such a rule nor such a veto.
    """
    if card.programme.veto(code):
        return (ZERO if any(veto.code == code for veto in card.vetoes) else Decimal(1)), Decimal(1)
    line = card.line(code)
    return line.score, line.indicator.max_score


def sheet_points(sheet: ScoreSheet, code: str) -> tuple[Decimal, Decimal]:
    """Return the points and full points of a line of a published score, as `points_of` does.

    :raises KeyError: if the sheet has neither such a line nor such a veto.
    """
    if sheet.contract.edition.veto(code):
        return (ZERO if code in sheet.vetoes else Decimal(1)), Decimal(1)
    line = {one["code"]: one for one in sheet.lines}[code]
    return Decimal(line["score"]), Decimal(line["max_score"])


def appealable(card: Scorecard) -> frozenset[str]:
    """Return the codes of the lines that lost points, and of the vetoes found."""
    lost = {line.indicator.code for line in card.lines if not line.is_pending and line.lost > 0}
    return frozenset(lost | {veto.code for veto in card.vetoes})
