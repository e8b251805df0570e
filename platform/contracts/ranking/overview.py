"""What an officer sees first: which contracts are in trouble, how far the area is covered, what ends next."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from common.money import rounded
from contracts import queries, rules
from contracts.models import Contract
from contracts.queries import Scored
from contracts.rules import Risk
from directory import door as directory
from directory.door import Region
from evaluation import queries as facts
from programmes.shapes import Programme

LOOK_BACK = dt.timedelta(days=30)
LOOK_AHEAD = dt.timedelta(days=60)
STREET = 4

LastDays = Mapping[tuple[str, str], dt.date]


@dataclass(frozen=True)
class Trouble:
    """A contract's score with what is worrying about it, the worst first."""

    scored: Scored
    risks: tuple[Risk, ...]

    @property
    def weight(self) -> int:
        return sum(risk.weight for risk in self.risks)


@dataclass(frozen=True)
class District:
    """A district's contracts: how many, their average total, how many lag; `covered` of its `streets` are served."""

    name: str
    contracts: int
    average: Decimal
    behind: int
    covered: int
    streets: int


@dataclass(frozen=True)
class Overview:
    """Running contracts of an area. `grades` are (code, name, count), best first; `streets` is what `covered` is of.

    `appeals` wait for an answer, also those of contracts that have ended.
    """

    troubles: list[Trouble]
    contracts: int
    behind: int
    grades: list[tuple[str, str, int]]
    covered: int
    streets: int
    districts: list[District]
    ending: list[Contract]
    appeals: int

    @property
    def worst(self) -> Trouble | None:
        return self.troubles[0] if self.troubles else None


def overview(contracts: QuerySet[Contract], *, areas: tuple[str, ...], today: dt.date) -> Overview:
    """Return the overview of the running ones of `contracts`; `areas` are the division-code prefixes they lie in."""
    found = list(queries.loaded(contracts.filter(starts_on__lte=today, ends_on__gte=today)))
    now, before = queries.scores(found, today, today - LOOK_BACK) if found else ([], [])
    places = directory.below(areas)
    counts = Counter(one.grade for one in now if one.grade)
    return Overview(
        troubles=_troubles(now, before, today),
        contracts=len(found),
        behind=sum(1 for one in now if one.behind),
        grades=[(grade.code, grade.name, counts[grade]) for grade in sorted(counts, key=lambda grade: -grade.lower)],
        covered=len(_served(now)),
        streets=sum(1 for place in places if place.level == STREET),
        districts=_districts(now, places),
        ending=sorted((one for one in found if one.ends_on <= today + LOOK_AHEAD), key=lambda one: one.ends_on),
        appeals=queries.open_appeals(contracts),
    )


def _troubles(now: Sequence[Scored], before: Sequence[Scored], today: dt.date) -> list[Trouble]:
    tenants = {one.contract.provider.slug for one in now}
    supervised = facts.latest_days(measure="supervision_sessions", tenants=tenants, until=today)
    found = [Trouble(one, tuple(_risks(one, then, supervised, today))) for one, then in zip(now, before, strict=True)]
    worrying = [trouble for trouble in found if trouble.risks]
    return sorted(worrying, key=lambda one: (-one.weight, one.scored.total, one.scored.contract.number))


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


def _served(scored: Sequence[Scored]) -> set[str]:
    return {station.region for one in scored for station in one.contract.stations.all()}


def _districts(now: Sequence[Scored], places: Sequence[Region]) -> list[District]:
    """Return the districts that have contracts, the best average first."""
    streets = Counter(place.code[:6] for place in places if place.level == STREET)
    names = {place.code: place.name for place in places if place.level < STREET}
    groups: dict[str, list[Scored]] = defaultdict(list)
    for one in now:
        groups[one.contract.district].append(one)
    rows = [
        District(
            name=names.get(code, code),
            contracts=len(group),
            average=rounded(sum((one.total for one in group), Decimal(0)) / len(group)),
            behind=sum(1 for one in group if one.behind),
            covered=len(_served(group)),
            streets=streets[code],
        )
        for code, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.average, row.name))
