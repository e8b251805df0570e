"""What is worrying about contracts on a day, worked out from their scores of that day and of a month before."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts import queries, rules
from contracts.models import Contract
from contracts.queries import Scored
from contracts.rules import Risk
from evaluation import queries as facts
from programmes.shapes import Programme

LOOK_BACK = dt.timedelta(days=30)

LastDays = Mapping[tuple[str, str], dt.date]


@dataclass(frozen=True)
class Trouble:
    """A contract's score with what is worrying about it, the worst first; nothing may be."""

    scored: Scored
    risks: tuple[Risk, ...]

    @property
    def weight(self) -> int:
        return sum(risk.weight for risk in self.risks)


def troubles(contracts: Sequence[Contract], day: dt.date) -> list[Trouble]:
    """Return each of `contracts` with its score of `day` and its risks, in their order."""
    if not contracts:
        return []
    now, before = queries.scores(contracts, day, day - LOOK_BACK)
    tenants = {one.contract.provider.slug for one in now}
    supervised = facts.latest_days(measure="supervision_sessions", tenants=tenants, until=day)
    return [Trouble(one, tuple(_risks(one, then, supervised, day))) for one, then in zip(now, before, strict=True)]


def _risks(one: Scored, then: Scored, supervised: LastDays, today: dt.date) -> list[Risk]:
    contract, grade, earlier = one.contract, one.grade, then.grade
    return rules.risks(
        one.progress,
        grade=grade,
        lowest=contract.edition.grades[-1],
        fallen_from=earlier if grade and earlier and earlier.lower > grade.lower else None,
        days_left=(contract.ends_on - today).days,
        days_gone=(today - contract.starts_on).days,
        unsupervised=_days_unsupervised(contract, contract.edition, supervised, today),
    )


def _days_unsupervised(contract: Contract, edition: Programme, supervised: LastDays, today: dt.date) -> int:
    """Return by how many days the longest wait of the contract's stations exceeds the programme's limit, or less."""
    limit = next((int(row.value) for row in edition.supervision if row.code == "max_gap_days"), None)
    if limit is None:
        return 0
    since = (supervised.get((one.tenant, one.code), contract.starts_on) for one in contract.stations.all())
    return max(((today - max(day, contract.starts_on)).days - limit for day in since), default=0)
