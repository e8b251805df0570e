"""What an officer sees first: which contracts are in trouble, how far the area is covered, what ends next."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from contracts import queries, rules
from contracts.models import Contract
from contracts.queries import Scored
from contracts.rules import Risk
from directory import door as directory

LOOK_BACK = dt.timedelta(days=30)
LOOK_AHEAD = dt.timedelta(days=60)


@dataclass(frozen=True)
class Trouble:
    """A contract's score with what is worrying about it, the worst first."""

    scored: Scored
    risks: tuple[Risk, ...]

    @property
    def weight(self) -> int:
        return sum(risk.weight for risk in self.risks)


@dataclass(frozen=True)
class Overview:
    """Running contracts of an area. `grades` are (code, name, count), best first; `streets` is what `covered` is of."""

    troubles: list[Trouble]
    contracts: int
    behind: int
    grades: list[tuple[str, str, int]]
    covered: int
    streets: int
    ending: list[Contract]

    @property
    def worst(self) -> Trouble | None:
        return self.troubles[0] if self.troubles else None


def overview(contracts: QuerySet[Contract], *, areas: tuple[str, ...], today: dt.date) -> Overview:
    """Return the overview of the running ones of `contracts`; `areas` are the division-code prefixes they lie in."""
    found = list(queries.loaded(contracts.filter(starts_on__lte=today, ends_on__gte=today)))
    now, before = queries.scores(found, today, today - LOOK_BACK) if found else ([], [])
    troubles = [Trouble(one, tuple(_risks(one, then, today))) for one, then in zip(now, before, strict=True)]
    worrying = [trouble for trouble in troubles if trouble.risks]
    worrying.sort(key=lambda trouble: (-trouble.weight, trouble.scored.total, trouble.scored.contract.number))
    counts = Counter(one.result.grade for one in now)
    served = {station.region for contract in found for station in contract.stations.all()}
    return Overview(
        troubles=worrying,
        contracts=len(found),
        behind=sum(1 for one in now if one.behind),
        grades=[(grade.code, grade.name, counts[grade]) for grade in sorted(counts, key=lambda grade: -grade.lower)],
        covered=len(served),
        streets=directory.count_streets(areas),
        ending=sorted((one for one in found if one.ends_on <= today + LOOK_AHEAD), key=lambda one: one.ends_on),
    )


def _risks(one: Scored, then: Scored, today: dt.date) -> list[Risk]:
    contract, grade = one.contract, one.result.grade
    earlier = then.result.grade if then.as_of >= contract.starts_on else grade
    return rules.risks(
        one.progress,
        grade=grade,
        lowest=contract.edition.grades[-1],
        fallen_from=earlier if earlier.lower > grade.lower else None,
        days_left=(contract.ends_on - today).days,
    )
