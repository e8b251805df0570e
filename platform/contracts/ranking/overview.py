"""What an officer sees first: which contracts are in trouble, how far the area is covered, what ends next."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from common.money import rounded
from contracts import queries
from contracts.kept.queries import Kept, scores_of
from contracts.models import Contract, ContractStation
from contracts.ranking.troubles import Trouble, troubles
from directory import door as directory
from directory.door import Region
from programmes import door as programmes
from programmes.shapes import Grade

LOOK_AHEAD = dt.timedelta(days=60)
STREET = 4
SHOWN = 10


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

    `troubles` are the ten worst. `appeals` wait for an answer, also those of contracts that have ended.
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


@dataclass(frozen=True)
class _Running:
    """A running contract, as little of it as the overview needs."""

    pk: int
    number: str
    district: str
    programme: str
    digest: str
    kept: Kept


def overview(contracts: QuerySet[Contract], *, areas: tuple[str, ...], today: dt.date) -> Overview:
    """Return the overview of the running ones of `contracts`; `areas` are the division-code prefixes they lie in."""
    running = contracts.filter(starts_on__lte=today, ends_on__gte=today)
    rows = list(running.order_by().values_list("pk", "number", "area", "programme", "digest"))
    kept = scores_of([row[0] for row in rows], today) if rows else {}
    found = [_Running(pk, number, area[:6], key, digest, kept[pk]) for pk, number, area, key, digest in rows]
    served = _served(running)
    places = directory.below(areas)
    ending = running.filter(ends_on__lte=today + LOOK_AHEAD).order_by("ends_on", "number")
    return Overview(
        troubles=_worst(found, today),
        contracts=len(found),
        behind=sum(1 for one in found if one.kept.behind),
        grades=_grades(found),
        covered=len(set().union(*served.values())),
        streets=sum(1 for place in places if place.level == STREET),
        districts=_districts(found, served, places),
        ending=list(ending),
        appeals=queries.open_appeals(contracts),
    )


def _worst(found: Sequence[_Running], today: dt.date) -> list[Trouble]:
    """Return the ten most worrying with their reasons, which are worked out for them alone."""
    worrying = sorted((one for one in found if one.kept.weight), key=_order)[:SHOWN]
    place = {one.pk: number for number, one in enumerate(worrying)}
    loaded = queries.loaded(Contract.objects.filter(pk__in=place))
    return sorted(troubles(list(loaded), today), key=lambda one: place[one.scored.contract.pk])


def _order(one: _Running) -> tuple[int, Decimal, str]:
    return (-one.kept.weight, one.kept.total, one.number)


def _grades(found: Sequence[_Running]) -> list[tuple[str, str, int]]:
    counts = Counter((one.programme, one.digest, one.kept.grade) for one in found if one.kept.grade)
    named: Counter[Grade] = Counter()
    for (key, digest, code), count in counts.items():
        edition = programmes.programme(key, digest)
        named[next(grade for grade in edition.grades if grade.code == code)] += count
    return [(grade.code, grade.name, named[grade]) for grade in sorted(named, key=lambda grade: -grade.lower)]


def _served(running: QuerySet[Contract]) -> dict[str, set[str]]:
    """Return the divisions that stations of running contracts serve, by the contract's district."""
    rows = ContractStation.objects.filter(contract__in=running).order_by().values_list("contract__area", "region")
    found: dict[str, set[str]] = defaultdict(set)
    for area, region in rows.distinct():
        found[area[:6]].add(region)
    return found


def _districts(found: Sequence[_Running], served: Mapping[str, set[str]], places: Sequence[Region]) -> list[District]:
    """Return the districts that have contracts, the best average first."""
    streets = Counter(place.code[:6] for place in places if place.level == STREET)
    names = {place.code: place.name for place in places if place.level < STREET}
    groups: dict[str, list[Kept]] = defaultdict(list)
    for one in found:
        groups[one.district].append(one.kept)
    rows = [
        District(
            name=names.get(code, code),
            contracts=len(group),
            average=rounded(sum((one.total for one in group), Decimal(0)) / len(group)),
            behind=sum(1 for one in group if one.behind),
            covered=len(served.get(code, ())),
            streets=streets[code],
        )
        for code, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.average, row.name))
