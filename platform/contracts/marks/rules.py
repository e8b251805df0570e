"""What is allowed about marks, and which one counts. Pure: values in, reasons out; no database, no clock."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from django.utils.translation import gettext as _

from contracts.rules import words_problems
from programmes.shapes import Indicator, Programme

ZERO: Final = Decimal(0)
MOST_CASES: Final = 20
MOST_FILES: Final = 20
LONGEST_CASE: Final = 200


@dataclass(frozen=True)
class FoundCase:
    """One case of a deduction or a bonus: the day, what was found, the points taken or given for it."""

    day: dt.date
    text: str
    points: Decimal


class Told(Protocol):
    """When a mark was given and withdrawn."""

    given_at: dt.datetime
    withdrawn_at: dt.datetime | None


def stands(mark: Told, known: dt.datetime | None) -> bool:
    """Tell whether a mark stands now, or stood at the moment `known`."""
    if known is None:
        return mark.withdrawn_at is None
    return mark.given_at < known and (mark.withdrawn_at is None or mark.withdrawn_at >= known)


class Given(Protocol):
    """What is read of a mark (`contracts.models.Mark`)."""

    pk: int
    code: str
    party: str
    dated: dt.date

    @property
    def withdrawn_on(self) -> dt.date | None: ...


AnyMark = TypeVar("AnyMark", bound=Given)


@dataclass(frozen=True)
class Effect:
    """From when to when a mark counts in the score, as is known now; `until` is the first day on which it no longer
    does. `since` None: it never counts. `why` says in words what ended it or keeps it out."""

    since: dt.date | None
    until: dt.date | None = None
    why: str = ""


def mark_problems(
    edition: Programme, code: str, points: Decimal | None, reason: str, cases: Sequence[FoundCase] = ()
) -> list[str]:
    """Return why a mark cannot be given: wrong rule, points out of range, cases that do not add up, no fit reason."""
    if edition.veto(code):
        return words_problems(reason)
    rule = edition.by_code.get(code)
    if rule is None or not rule.by_hand:
        return [_("这一项由数据计算，不能人工评分。")]
    problems = []
    if points is None or not 0 <= points <= rule.max_score or points != round(points, 2):
        problems.append(_("得分须在 0 到 %(max)s 之间，最多两位小数。") % {"max": rule.max_score})
    elif rule.method == "all_or_nothing" and points not in (0, rule.max_score):
        problems.append(_("达标项只能给 0 分或 %(max)s 分。") % {"max": rule.max_score})
    else:
        problems += case_problems(rule, points, cases)
    return problems + words_problems(reason)


def case_problems(rule: Indicator, points: Decimal, cases: Sequence[FoundCase]) -> list[str]:
    """Return why the cases do not carry the points: each is needed, and together they are what was taken or given."""
    if not has_cases(rule):
        return [_("只有扣分项和加分项才列明细。")] if cases else []
    if len(cases) > MOST_CASES:
        return [_("明细最多 %(n)d 条。") % {"n": MOST_CASES}]
    problems = [reason for case in cases for reason in _one_case_problems(case)]
    owed = points if rule.method == "bonus" else rule.max_score - points
    if not problems and sum((case.points for case in cases), ZERO) != owed:
        sentence = (
            _("加了 %(owed)s 分，明细合计须相等；现在是 %(sum)s 分。")
            if rule.method == "bonus"
            else _("扣了 %(owed)s 分，明细合计须相等；现在是 %(sum)s 分。")
        )
        problems.append(sentence % {"owed": owed, "sum": sum((case.points for case in cases), ZERO)})
    return problems


def _one_case_problems(case: FoundCase) -> list[str]:
    if not 0 < case.points < 1000 or case.points != round(case.points, 2):
        return [_("每条明细的分值须大于 0，最多两位小数。")]
    if len(case.text) > LONGEST_CASE:
        return [_("每条明细最多 %(limit)s 字。") % {"limit": LONGEST_CASE}]
    return words_problems(case.text)


def has_cases(rule: Indicator | None) -> bool:
    """Tell whether the points of a rule are given or taken case by case."""
    return rule is not None and rule.method in ("deduction", "bonus")


def visit_problems(visited_on: dt.date, *, starts_on: dt.date, today: dt.date) -> list[str]:
    """Return why nobody can have been there on that day for this contract."""
    if not starts_on <= visited_on <= today:
        return [_("查看日期须在合同开始之后，不晚于今天。")]
    return []


def counting(marks: Iterable[AnyMark], edition: Programme) -> dict[str, AnyMark]:
    """Return by code the mark that counts, of `marks` that stand on a day, in the order they were given.

    The edition says which party goes before which; of the same one the latest counts.
    """
    chosen: dict[str, tuple[int, AnyMark]] = {}
    for mark in marks:
        rank = edition.mark_rank(mark.code, mark.party)
        if rank is not None and (mark.code not in chosen or rank <= chosen[mark.code][0]):
            chosen[mark.code] = (rank, mark)
    return {code: mark for code, (_rank, mark) in chosen.items()}


def effects(marks: Sequence[Given], edition: Programme) -> Mapping[int, Effect]:
    """Return by id from when to when each mark counts. `marks` are all of a contract, in the order they were given.

    A withdrawn mark counts for no day any more; `since` and `until` are then the days it counted from and until.
    """
    lines: dict[str, list[Given]] = {}
    for mark in marks:
        lines.setdefault(mark.code, []).append(mark)
    return {
        mark.pk: _effect(mark, line[:place], line[place + 1 :], edition)
        for line in lines.values()
        for place, mark in enumerate(line)
    }


def _effect(mark: Given, earlier: Sequence[Given], later: Sequence[Given], edition: Programme) -> Effect:
    rank = edition.mark_rank(mark.code, mark.party)
    if rank is None:
        return Effect(None, why=_("本项以另一方的评分为准"))

    def stands_before(other: Given, *, also_equal: bool) -> bool:
        before = edition.mark_rank(other.code, other.party)
        if before is None or other.withdrawn_on is not None:
            return False
        return before < rank or (also_equal and before == rank)

    if any(stands_before(other, also_equal=False) and other.dated <= mark.dated for other in earlier):
        return Effect(None, why=_("本项以另一方的评分为准"))
    instead = next((other for other in later if stands_before(other, also_equal=True)), None)
    if instead and (mark.withdrawn_on is None or instead.dated <= mark.withdrawn_on):
        is_same_party = edition.mark_rank(instead.code, instead.party) == rank
        return Effect(
            mark.dated,
            max(instead.dated, mark.dated),
            _("由后一次评分取代") if is_same_party else _("以另一方的评分为准"),
        )
    if mark.withdrawn_on:
        return Effect(mark.dated, max(mark.withdrawn_on, mark.dated), _("已撤回"))
    return Effect(mark.dated)
