"""Scores of many contracts on a day: what is kept and still good, the rest live. Always the score of this moment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from contracts import queries
from contracts.models import Contract
from contracts.queries import Scored
from contracts.ranking.troubles import troubles

# What is kept and what is due are read by one statement, of one moment: a score is never taken for good that is not.
GOOD = """
    SELECT kept.contract_id, kept.total, kept.grade, kept.behind, kept.weight, {lines}
    FROM public.contracts_keptscore AS kept JOIN public.contracts_contract AS contract ON contract.id = kept.contract_id
    WHERE kept.day = %(day)s AND kept.contract_id = ANY(%(contracts)s) AND kept.digest = contract.digest
      AND NOT EXISTS (
        SELECT FROM public.evaluation_scoredue AS due JOIN public.contracts_contractstation AS station
          ON station.tenant = due.tenant AND station.code = due.station
        WHERE station.contract_id = kept.contract_id AND due.from_day <= kept.day)
"""


@dataclass(frozen=True)
class Kept:
    """A contract's score of a day. `grade` is its code, '' until one is named; `behind` counts lagging deliverables.

    `weight` is how worrying it is. `scores` stand in the order of the edition's leaves, None for "not yet"; empty where
    they were not asked for.
    """

    total: Decimal
    grade: str
    behind: int
    weight: int
    scores: Sequence[Decimal | None] = ()


def scores_of(contracts: Sequence[int], day: dt.date, *, lines: bool = False) -> dict[int, Kept]:
    """Return the scores of these contracts (by id) on `day`, with each line's points if asked for.

    One query where all are kept; what is stale or was never kept is worked out.
    """
    found = {row[0]: Kept(*row[1:]) for row in _good(contracts, day, lines)}
    missing = [pk for pk in contracts if pk not in found]
    if missing:
        loaded = list(queries.loaded(Contract.objects.filter(pk__in=missing)))
        found.update(live(loaded, day))
    return found


def live(contracts: Sequence[Contract], day: dt.date) -> dict[int, Kept]:
    """Return the same, worked out for contracts that are loaded."""
    return {one.scored.contract.pk: kept_of(one.scored, one.weight) for one in troubles(contracts, day)}


def kept_of(scored: Scored, weight: int = 0) -> Kept:
    grade = scored.grade.code if scored.grade else ""
    return Kept(scored.total, grade, len(scored.behind), weight, scored.result.scores)


def _good(
    contracts: Sequence[int], day: dt.date, lines: bool
) -> list[tuple[int, Decimal, str, int, int, list[Decimal]]]:
    statement = GOOD.replace("{lines}", "kept.scores" if lines else "ARRAY[]::numeric[]")
    with connection.cursor() as cursor:
        cursor.execute(statement, {"day": day, "contracts": list(contracts)})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def missing_on(day: dt.date, running: Mapping[str, object]) -> list[int]:
    """Return the ids of contracts, narrowed by `running`, that have no kept score of `day`."""
    found = Contract.objects.filter(**running).exclude(kept_scores__day=day)
    return list(found.values_list("pk", flat=True))
