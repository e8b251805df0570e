"""What is allowed and what is worrying about a contract. Pure: values in, reasons out; no database, no clock."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from common.dates import Period
from common.money import rounded
from programmes.measures import MEASURES, Measure
from programmes.shapes import Grade, Programme

BEHIND = Decimal("0.9")
SETTLING_DAYS = 30  # a new contract's first month says little
LONGEST_REASON = 500
# An ID number or a mobile number, as somebody might paste it into a reason.
PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


@dataclass(frozen=True)
class Progress:
    """One deliverable on a day: `due` is what should be done by then, all in the measure's unit.

    `verified` is the part of `done` that a published score sheet has confirmed.
    """

    measure: Measure
    target: Decimal
    done: Decimal
    due: Decimal
    verified: Decimal = Decimal(0)

    @property
    def is_behind(self) -> bool:
        """Less than nine tenths of what is due."""
        return self.done < self.due * BEHIND

    @property
    def is_met(self) -> bool:
        return self.done >= self.target


@dataclass(frozen=True)
class Risk:
    """Something that an officer should look at, in words; `weight` orders contracts, the worst first."""

    code: str
    text: str
    weight: int


def progress_of(
    measure: str, target: Decimal, done: Decimal, period: Period, on: dt.date, verified: Decimal
) -> Progress:
    """Return a deliverable's progress: what is due grows with the days of the period that have passed."""
    passed = max((min(on, period.end) - period.start).days + 1, 0)
    return Progress(MEASURES[measure], target, done, rounded(target * passed / period.days), min(verified, done))


def risks(
    progress: Sequence[Progress],
    *,
    grade: Grade | None,
    lowest: Grade,
    fallen_from: Grade | None,
    days_left: int,
    days_gone: int = 0,
    unsupervised: int = 0,
) -> list[Risk]:
    """Return what is worrying, worst first: the lowest grade, a fallen one, lagging deliverables, a near end, and
    how many days the longest gap in supervision is over the limit. A grade that cannot be named
    after the first month worries too: too little is recorded or marked."""
    found = []
    if grade is None and days_gone > SETTLING_DAYS:
        found.append(Risk("unknown", _("记录和评分不足，还不能评定等级"), 35))
    if grade and grade == lowest:
        found.append(Risk("grade", _("目前等级为%(grade)s") % {"grade": _(grade.name)}, 40))
    if grade and fallen_from:
        words = {"before": _(fallen_from.name), "now": _(grade.name)}
        found.append(Risk("falling", _("等级由%(before)s降为%(now)s") % words, 30))
    late = [one for one in progress if one.is_behind]
    if late:
        words = {"count": str(len(late)), "titles": "、".join(str(one.measure.title) for one in late[:3])}
        found.append(Risk("behind", _("%(count)s 项进度落后：%(titles)s") % words, 10 + 5 * len(late)))
    if 0 <= days_left <= 30 and any(not one.is_met for one in progress):
        found.append(Risk("ending", _("还有 %(days)s 天到期，约定尚未完成") % {"days": days_left}, 15))
    if unsupervised > 0:
        found.append(Risk("supervision", _("督导已超期 %(days)s 天") % {"days": unsupervised}, 12))
    return sorted(found, key=lambda risk: -risk.weight)


def words_problems(words: str) -> list[str]:
    """Return why a reason cannot stand on the shared floor: missing, too long, or with a number that names somebody."""
    if not words.strip():
        return [_("请写明理由。")]
    if len(words) > LONGEST_REASON:
        return [_("理由最多 %(limit)s 字。") % {"limit": LONGEST_REASON}]
    if PERSONAL_NUMBER.search(words):
        return [_("理由里不能有身份证号或手机号。")]
    return []


def appeal_problems(
    *, points: Decimal | None, full: Decimal, is_closed: bool, reason: str, is_open: bool = True
) -> list[str]:
    """Return why a line of the live score cannot be appealed: the contract is closed, its programme has appeals of
    published scores only (`is_open` False), nothing is scored yet, or nothing was lost."""
    if is_closed:
        return [_("合同已结项，不能再申诉。")]
    if not is_open:
        return [_("按评估方案，只能对公布的得分提出申诉。")]
    return lost_points_problems(points, full) + words_problems(reason)


def lost_points_problems(points: Decimal | None, full: Decimal) -> list[str]:
    """Return why there is nothing to appeal in a line: it has no points yet, or lost none."""
    if points is None:
        return [_("这一项还没有评分，不能申诉。")]
    if points >= full:
        return [_("这一项没有失分，不用申诉。")]
    return []


def signing_problems(
    *, programme: Programme, starts_on: dt.date, ends_on: dt.date, amount: Decimal, stations: Sequence[str],
    deliverables: Mapping[str, Decimal],
) -> list[str]:  # fmt: skip
    """Return why a contract with these terms cannot be signed."""
    problems = []
    if ends_on < starts_on:
        problems.append(_("结束日期不能早于开始日期。"))
    elif not (programme.valid_from <= starts_on <= programme.valid_to):
        problems.append(_("评估方案在合同开始那天不适用。"))
    if amount < 0 or amount != round(amount, 2):
        problems.append(_("合同金额须为不小于 0、最多两位小数的元数。"))
    if not stations:
        problems.append(_("合同至少要有一个服务站点。"))
    offered = {service.measure for service in programme.services}
    for measure, target in deliverables.items():
        if measure not in offered:
            problems.append(_("服务清单里没有这一项：%(measure)s。") % {"measure": measure})
        elif target <= 0:
            problems.append(_("%(title)s的约定数量须大于 0。") % {"title": MEASURES[measure].title})
    return problems
