"""What a decision does to a score, and which one is allowed. Pure: values in, values out; no database, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from common.money import rounded
from contracts.rules import PERSONAL_NUMBER, words_problems
from evaluation.methods import SCORED
from evaluation.scoring import Line, MarkGiven, Scorecard, standing
from evaluation.sql import Result
from evaluation.words import plain
from programmes.shapes import Programme

ZERO = Decimal(0)
LIFTED = Decimal(1)  # the points of a decision on a veto: it does not stand
LONGEST_CLAUSE = 120


@dataclass(frozen=True)
class Settled:
    """What a decision says of one line: its points from then on (of a veto: LIFTED), the clause and the reason."""

    points: Decimal
    clause: str
    reason: str


def settled_card(card: Scorecard, settled: Mapping[str, Settled]) -> Scorecard:
    """Return the scorecard with the settled lines: their points and why; what was summed stays as it is."""
    if not settled:
        return card
    lines = tuple(
        _line(line, settled[line.indicator.code]) if line.indicator.code in settled else line for line in card.lines
    )
    vetoes = tuple(veto for veto in card.vetoes if veto.code not in settled)
    return replace(card, lines=lines, vetoes=vetoes)


def _line(line: Line, decision: Settled) -> Line:
    words = {"points": plain(decision.points), "clause": decision.clause}
    reason = _("购买方依%(clause)s改定为 %(points)s 分。") % words
    return replace(
        line,
        score=rounded(decision.points),
        reason=reason,
        mark=MarkGiven(decision.points, decision.reason),
        state=SCORED,
    )


def settled_result(
    result: Result, settled: Mapping[str, Settled], *, programme: Programme, marked: Collection[str]
) -> Result:
    """Return the result of one statement with the settled lines. `marked` are the codes that have a mark."""
    if not settled:
        return result
    scores = tuple(
        rounded(settled[rule.code].points) if rule.code in settled else score
        for rule, score in zip(programme.leaves, result.scores, strict=True)
    )
    total = sum((score for score in scores if score is not None), rounded(ZERO))
    vetoed = any(veto.code in marked and veto.code not in settled for veto in programme.vetoes)
    grade, worth = programme.grade_of(total, vetoed=vetoed), standing(programme, scores, vetoed=vetoed)
    return replace(result, scores=scores, total=total, grade=grade, standing=worth)


def decision_problems(programme: Programme, code: str, points: Decimal | None, clause: str, reason: str) -> list[str]:
    """Return why a line cannot be settled like this: no such line, points out of range, no clause or no reason."""
    rule, veto = programme.by_code.get(code), programme.veto(code)
    if veto is None and (rule is None or not rule.is_leaf):
        return [_("评估方案里没有这一项。")]
    problems = []
    if rule is not None and (points is None or not ZERO <= points <= rule.max_score or points != round(points, 2)):
        problems.append(_("得分须在 0 到 %(max)s 之间，最多两位小数。") % {"max": rule.max_score})
    if not clause.strip():
        problems.append(_("请写明依据的条款。"))
    elif len(clause) > LONGEST_CLAUSE or PERSONAL_NUMBER.search(clause):
        problems.append(_("条款最多 %(limit)s 字，不能有身份证号或手机号。") % {"limit": LONGEST_CLAUSE})
    return problems + words_problems(reason)
