"""The scoring methods, by name. Pure: a rule and what is known about it in; points and the reason in words out.

Nothing here rounds: the programme's one rounding rule is applied to every line by `evaluation.scoring`.

What is not known never becomes zero in silence. Where nothing was recorded, marked or due yet the score is None and
state and reason say which; such a line adds nothing to the total until something is known. Deductions and bonuses start
from their natural end: without a finding nothing is deducted, without an achievement nothing is added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from evaluation.words import counted, percent, plain
from programmes.shapes import Indicator

ZERO = Decimal(0)
# Why a line has no points yet: its days have not come, nobody has recorded anything, or nobody has marked it.
SCORED, NOT_BEGUN, UNRECORDED, UNMARKED = "scored", "not_begun", "unrecorded", "unmarked"


@dataclass(frozen=True)
class Reading:
    """What is known for one rule: sums in the measures' units, the target due by the day of scoring, the mark.

    None means unknown: no fact, nothing due yet, no mark. `per` is 1 where the rule divides by nothing.
    """

    value: Decimal | None = None
    per: Decimal | None = Decimal(1)
    target: Decimal | None = None
    mark: Decimal | None = None


@dataclass(frozen=True)
class Outcome:
    """`score` lies between 0 and the rule's full score, unrounded; None is "not yet", and `state` says why not."""

    score: Decimal | None
    reason: str
    state: str = SCORED


Method = Callable[[Indicator, Reading], Outcome]


def ratio(rule: Indicator, reading: Reading) -> Outcome:
    """In proportion to the target, capped at the full score (按比例得分)."""
    if missing := _missing(rule, reading, needs_target=True):
        return missing
    value, needed = _value(reading), _needed(reading)
    words = {"done": _amount(rule, reading), "target": _target(rule, reading.target or ZERO)}
    if value >= needed:
        return Outcome(rule.max_score, _("完成 %(done)s，达到目标 %(target)s，得满分。") % words)
    share = percent(value / needed)
    return Outcome(
        rule.max_score * value / needed,
        _("完成 %(done)s，目标 %(target)s，完成 %(share)s，按比例得分。") % {**words, "share": share},
    )


def bands(rule: Indicator, reading: Reading) -> Outcome:
    """The points of the highest band that is reached; lower bounds are inclusive (分档得分)."""
    if missing := _missing(rule, reading):
        return missing
    value, per = _value(reading), reading.per or ZERO
    band = next((band for band in rule.bands if value >= band.at_least * per), rule.bands[-1])
    words = {"done": _amount(rule, reading), "bound": _target(rule, band.at_least), "points": plain(band.points)}
    return Outcome(band.points, _("实际 %(done)s，落在 %(bound)s 及以上一档，得 %(points)s 分。") % words)


def all_or_nothing(rule: Indicator, reading: Reading) -> Outcome:
    """The full score or none (达标得分); by mark where the rule reads no measure."""
    if rule.by_hand:
        if reading.mark is None:
            return _unmarked()
        met = reading.mark >= rule.max_score
        return Outcome(rule.max_score if met else ZERO, _("评估认定达标。") if met else _("评估认定未达标。"))
    if missing := _missing(rule, reading, needs_target=True):
        return missing
    words = {"done": _amount(rule, reading), "target": _target(rule, reading.target or ZERO)}
    if _value(reading) >= _needed(reading):
        return Outcome(rule.max_score, _("实际 %(done)s，达到 %(target)s。") % words)
    return Outcome(ZERO, _("实际 %(done)s，未达到 %(target)s，不得分。") % words)


def marked_by_hand(rule: Indicator, reading: Reading) -> Outcome:
    """What the evaluator gave (人工评分)."""
    if reading.mark is None:
        return _unmarked()
    return Outcome(min(reading.mark, rule.max_score), _("评估人员给 %(points)s 分。") % {"points": plain(reading.mark)})


def deduction(rule: Indicator, reading: Reading) -> Outcome:
    """From the full score down to 0 (扣分项): `points` for every full `each`, or as marked."""
    if rule.by_hand:
        if reading.mark is None:
            return Outcome(rule.max_score, _("没有扣分记录，得满分。"))
        lost = rule.max_score - min(reading.mark, rule.max_score)
    else:
        lost = rule.points * (_value(reading) // rule.each)
    lost = min(lost, rule.max_score)
    return Outcome(rule.max_score - lost, _("扣 %(points)s 分。") % {"points": plain(lost)})


def bonus(rule: Indicator, reading: Reading) -> Outcome:
    """From 0 up to the full score (加分项): `points` for every full `each`, or as marked."""
    if rule.by_hand:
        won = reading.mark
    else:
        won = None if reading.value is None else rule.points * (_value(reading) // rule.each)
    if won is None:
        return Outcome(ZERO, _("没有加分记录。"))
    won = min(won, rule.max_score)
    return Outcome(won, _("加 %(points)s 分。") % {"points": plain(won)})


METHODS: dict[str, Method] = {
    "ratio": ratio,
    "bands": bands,
    "all_or_nothing": all_or_nothing,
    "marked_by_hand": marked_by_hand,
    "deduction": deduction,
    "bonus": bonus,
}


def is_share(rule: Indicator) -> bool:
    """True if the quotient of this rule is read as a percentage."""
    bounds = [band.at_least for band in rule.bands] or [rule.target or ZERO]
    return bool(rule.per) and max(bounds) <= 1


def _value(reading: Reading) -> Decimal:
    return max(reading.value or ZERO, ZERO)


def _needed(reading: Reading) -> Decimal:
    return (reading.target or ZERO) * (reading.per or ZERO)


def _missing(rule: Indicator, reading: Reading, *, needs_target: bool = False) -> Outcome | None:
    if needs_target and not reading.target:
        return Outcome(None, _("尚未开始：到这一天还没有应完成的数量。"), NOT_BEGUN)
    if reading.value is None or not reading.per or reading.per < 0:
        return Outcome(None, _("待录入：评估期内还没有记录。"), UNRECORDED)
    return None


def _unmarked() -> Outcome:
    return Outcome(None, _("未评：等待评估人员评分。"), UNMARKED)


def not_begun() -> Outcome:
    """What every line is before the contract's first day."""
    return Outcome(None, _("尚未开始：合同还没有到开始日期。"), NOT_BEGUN)


def _amount(rule: Indicator, reading: Reading) -> str:
    """The value as read: "12 次", or the quotient where there is a `per`."""
    if not rule.per or not reading.per:
        return counted(_value(reading), rule.measure)
    quotient = _value(reading) / reading.per
    return percent(quotient) if is_share(rule) else plain(quotient)


def _target(rule: Indicator, value: Decimal) -> str:
    if not rule.per:
        return counted(value, rule.measure)
    return percent(value) if is_share(rule) else plain(value)
