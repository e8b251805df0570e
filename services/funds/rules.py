"""What a fund's programme allows, as numbers and sentences; and the rules of its committee. Pure: no database."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import rounded, yuan
from programmes import door as programmes

SCOPE_WORDS: Final = {"agency": gettext_lazy("本机构各基金合计"), "fund": gettext_lazy("每个基金分别计算")}


@dataclass(frozen=True)
class ApprovalStep:
    """How grants of up to `up_to` yuan (None: any) are decided: chair, majority or two_thirds."""

    title: str
    decided_by: str
    up_to: Decimal | None
    clause: str


@dataclass(frozen=True)
class FundRules:
    """Amounts in yuan, notice in days, dormancy in months; `sentences` are (sentence, clause) for the public, in the
    reader's language.

    `person_year_scope` is "agency" where a person's year adds up over all funds, "fund" where each counts by itself.
    """

    title: str
    digest: str
    opening_amount: Decimal
    opening_clause: str
    person_year_cap: Decimal
    person_year_scope: str
    activity_cap: Decimal
    notice_days: int
    committee_size: int
    monitors: int
    dormant_months: int
    quarter_days: int
    final_months: int
    year_months: int
    ladder: tuple[ApprovalStep, ...]
    sentences: tuple[tuple[str, str], ...]

    @property
    def spans_funds(self) -> bool:
        """Tell whether a person's year adds up over all funds of the agency."""
        return self.person_year_scope == "agency"

    def step(self, amount: Decimal) -> ApprovalStep:
        """Return the step of the ladder that decides over `amount`."""
        return next(step for step in self.ladder if step.up_to is None or amount <= step.up_to)


def rules_of(programme: str, digest: str = "") -> FundRules:
    """Return the rules a fund is under.

    :raises programmes.door.UnknownProgramme: if there is no such edition.
    """
    found = programmes.programme(programme, digest)
    numbers = {one.code: one for one in (*found.funds, *found.disclosure)}

    def number(code: str) -> int:
        return int(numbers[code].value)

    provisions = tuple((_sentence(one), one.clause) for one in numbers.values() if one.is_enforced)
    return FundRules(
        title=found.title,
        digest=found.digest,
        opening_amount=numbers["opening_amount"].value,
        opening_clause=numbers["opening_amount"].clause,
        person_year_cap=numbers["person_year_cap"].value,
        person_year_scope=numbers["person_year_cap"].scope,
        activity_cap=numbers["activity_cap"].value,
        notice_days=number("notice_days"),
        committee_size=number("committee_size"),
        monitors=number("monitors"),
        dormant_months=number("dormant_months"),
        quarter_days=number("quarter_days"),
        final_months=number("final_months"),
        year_months=number("year_months"),
        ladder=tuple(ApprovalStep(one.title, one.decided_by, one.up_to, one.clause) for one in found.ladder),
        sentences=(*provisions, *((_ladder_sentence(one.title, one.up_to), one.clause) for one in found.ladder)),
    )


def offered() -> list[tuple[str, str]]:
    """Return (key, title) of the rules a new fund may be put under."""
    return [(one.key, _(one.title)) for one in programmes.programmes(kind="funds")]


def committee_problems(*, roles: list[str], rules: FundRules) -> list[str]:
    """Return why a committee with these roles (chair, member, monitor) cannot decide; empty if it can (1C-14)."""
    voters = sum(role != "monitor" for role in roles)
    problems = []
    if voters < rules.committee_size:
        problems.append(
            _("管委会现有 %(have)d 人，规则要求不少于 %(need)d 人。") % {"have": voters, "need": rules.committee_size}
        )
    if voters % 2 == 0:
        problems.append(_("管委会人数须为单数，现有 %(have)d 人。") % {"have": voters})
    if "chair" not in roles:
        problems.append(_("还没有主任委员。"))
    if len(roles) - voters < rules.monitors:
        problems.append(_("监督员不少于 %(need)d 人。") % {"need": rules.monitors})
    return problems


def matching_due(*, raised: Decimal, rate: Decimal, ceiling: Decimal) -> Decimal:
    """Return what a pledge owes for what was raised, in yuan: `rate` for each yuan, never above `ceiling`."""
    return min(ceiling, rounded(raised * rate))


def is_dormant(*, last_moved_on: dt.date, today: dt.date, months: int) -> bool:
    """Tell whether nothing moved for `months` months: such a fund is mended or closed (Hubei 2023)."""
    passed = (today.year - last_moved_on.year) * 12 + today.month - last_moved_on.month
    return passed > months or (passed == months and today.day >= last_moved_on.day)


def _sentence(one: programmes.Provision) -> str:
    over = f"（{SCOPE_WORDS[one.scope]}）" if one.scope else ""
    return f"{_(one.title)}：{_amount(one.value, one.unit)}{over}"


def _amount(value: Decimal, unit: str) -> str:
    return yuan(value) if unit == "元" else f"{value.normalize():f} {_(unit)}"


def _ladder_sentence(title: str, up_to: Decimal | None) -> str:
    return f"{_(title)}（{_('不超过')} {yuan(up_to)}）" if up_to is not None else _(title)
