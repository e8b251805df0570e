"""What decides over a grant, as pure functions: the committee's result, the end of a notice, who may hold what duty."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from common.money import yuan

APPROVE, REJECT, RETURN, RECUSE = "approve", "reject", "return", "recuse"
LEAST_VOTES: Final = 3
LONGEST_WORDS: Final = 2000


@dataclass(frozen=True)
class VoteOutcome:
    """What a committee has come to: `verdict` is approve, reject, return or '' while it `waits` (sentences why)."""

    verdict: str = ""
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vote:
    """The committee of one round: `members` are roles by person, `ballots` verdicts by person.

    `barred` are those who applied or assessed: they count as recused. `has_opinion`: as many monitors as the rules ask
    for have spoken.
    """

    decided_by: str
    members: Mapping[str, str]
    ballots: Mapping[str, str]
    barred: frozenset[str] = field(default=frozenset())
    has_opinion: bool = False

    @property
    def recused(self) -> set[str]:
        said = {person for person, verdict in self.ballots.items() if verdict == RECUSE}
        return (said | set(self.barred)) & set(self.members)

    @property
    def chair_decides(self) -> bool:
        """Tell whether the chair alone decides: a small amount, and the chair neither recused nor barred."""
        chair = next((person for person, role in self.members.items() if role == "chair"), None)
        return self.decided_by == "chair" and chair is not None and chair not in self.recused

    @property
    def needed(self) -> int:
        """Return how many must approve: of all seated voters, those recused not counted."""
        base = len(self.members) - len(self.recused)
        return -(-2 * base // 3) if self.decided_by == "two_thirds" else base // 2 + 1

    def outcome(self) -> VoteOutcome:
        """Return the result, which falls by itself, or what is still waited for.

        A small amount shortens the vote; the monitor is heard over every amount.
        """
        cast = [self.ballots[who] for who in self.members if who in self.ballots and who not in self.recused]
        if self.chair_decides:
            chair = next(person for person, role in self.members.items() if role == "chair")
            said = self.ballots.get(chair, "")
            waits = [] if said else [_("等待主任委员决定。")]
            if not self.has_opinion:
                waits.append(_("等待监督员的意见。"))
            return VoteOutcome(waits=tuple(waits)) if waits else VoteOutcome(said)
        waits = []
        seated, open_votes = len(self.members), len(self.members) - len(self.recused) - len(cast)
        if seated - len(self.recused) < LEAST_VOTES:
            return VoteOutcome(waits=(_("回避后可以表决的委员不足 %(n)d 人，请先补选委员。") % {"n": LEAST_VOTES},))
        if 2 * (len(cast) + len(self.recused)) <= seated or len(cast) < LEAST_VOTES:
            waits.append(_("参加表决的委员还不够：须过半数，且投票不少于 %(n)d 人。") % {"n": LEAST_VOTES})
        if not self.has_opinion:
            waits.append(_("等待监督员的意见。"))
        approvals = cast.count(APPROVE)
        if approvals >= self.needed:
            verdict = APPROVE
        elif approvals + open_votes < self.needed:
            verdict = RETURN if cast.count(RETURN) >= cast.count(REJECT) else REJECT
        else:
            verdict = ""
            waits.append(_("同意 %(have)d 票，须 %(need)d 票。") % {"have": approvals, "need": self.needed})
        return VoteOutcome(waits=tuple(waits)) if waits else VoteOutcome(verdict)


def award(*, asked: Decimal, assessed: Decimal) -> Decimal:
    """Return what is granted in yuan: what was asked, never more than the need was found to be."""
    return min(asked, assessed)


def notice_to(*, begins_on: dt.date, days: int) -> dt.date:
    """Return the last day of a notice: `days` whole days after the day it begins."""
    return begins_on + dt.timedelta(days=days)


def notice_is_over(*, ends_on: dt.date, today: dt.date) -> bool:
    """Tell whether a notice has run all of its days: only on the day after its last."""
    return today > ends_on


def digest(values: Iterable[Any]) -> str:
    """Return the sha256 of what a page showed."""
    said = json.dumps([str(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def words_problems(words: str, *, least: int, most: int = LONGEST_WORDS) -> list[str]:
    """Return what is wrong with a written reason; empty if nothing is."""
    if not least <= len(words.strip()) <= most:
        return [_("请写明 %(least)d 至 %(most)d 字。") % {"least": least, "most": most}]
    return []


def repayment_problems(*, amount: Decimal, left: Decimal, received_on: dt.date, paid_on: dt.date, today: dt.date) -> dict[str, list[str]]:  # fmt: skip  # noqa: E501
    """Return what is wrong with a repayment, by field; `left` is what was paid and not given back yet, in yuan."""
    problems: dict[str, list[str]] = {}
    if amount > left:
        problems["amount"] = [_("最多可退回 %(left)s。") % {"left": yuan(left)}]
    if not paid_on <= received_on <= today:
        problems["received_on"] = [_("退回日期须在付款日期之后，且不晚于今天。")]
    return problems
