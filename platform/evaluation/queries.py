"""What is asked of the facts: the totals of a contract in one query, and the evidence behind a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from evaluation.models import Fact
from evaluation.scoring import Total
from programmes.measures import LEVELS, PEOPLE_OF, recorded_by

TOTALS = """
    WITH facts AS MATERIALIZED (
        SELECT measure, quantity, subject_key
        FROM public.evaluation_fact
        WHERE tenant = %(tenant)s AND station = ANY(%(stations)s) AND measure = ANY(%(measures)s)
          AND occurred_on <= %(as_of)s AND (occurred_on >= %(starts_on)s OR measure = ANY(%(levels)s))
    )
    SELECT measure, sum(quantity), count(*) FROM facts GROUP BY measure
    UNION ALL
    SELECT people.measure, count(DISTINCT facts.subject_key), count(*)
    FROM facts JOIN unnest(%(people)s::text[], %(bases)s::text[]) AS people (measure, base)
      ON facts.measure = people.base
    WHERE facts.subject_key <> ''
    GROUP BY people.measure
"""


def totals(
    *, tenant: str, stations: Sequence[str], starts_on: date, as_of: date, measures: Iterable[str]
) -> dict[str, Total]:
    """Return the total of every measure that has facts, in one query. `as_of` is included.

    Flows and people count from `starts_on`; levels are what stands on `as_of`. A measure without any fact is absent.
    """
    wanted = tuple(measures)
    with connection.cursor() as cursor:
        cursor.execute(
            TOTALS,
            {
                "tenant": tenant,
                "stations": list(stations),
                "measures": list(recorded_by(wanted)),
                "starts_on": starts_on,
                "as_of": as_of,
                "levels": list(LEVELS),
                "people": [people for people, _ in PEOPLE_OF if people in wanted],
                "bases": [base for people, base in PEOPLE_OF if people in wanted],
            },
        )
        return {measure: Total(Decimal(quantity), facts) for measure, quantity, facts in cursor.fetchall()}


def latest_days(*, measure: str, tenants: Iterable[str], until: date) -> dict[tuple[str, str], date]:
    """Return the last day, up to `until`, on which each (tenant, station) had a fact of `measure`; one query."""
    found = Fact.objects.filter(tenant__in=set(tenants), measure=measure, occurred_on__lte=until)
    rows = found.values_list("tenant", "station").annotate(day=Max("occurred_on")).order_by()
    return {(tenant, station): day for tenant, station, day in rows}


@dataclass(frozen=True)
class StationMonth:
    """The evidence of one station in one month: facts and quantity of one measure."""

    station: str
    month: date
    measure: str
    quantity: Decimal
    facts: int


def evidence(
    *, tenant: str, stations: Sequence[str], starts_on: date, as_of: date, measures: Iterable[str]
) -> QuerySet[Fact]:
    """Return the facts behind these measures, newest first; de-identified as they are."""
    codes = recorded_by(measures)
    flows = [code for code in codes if code not in LEVELS]
    levels = [code for code in codes if code in LEVELS]
    return Fact.objects.filter(
        Q(measure__in=flows, occurred_on__gte=starts_on) | Q(measure__in=levels),
        tenant=tenant,
        station__in=list(stations),
        occurred_on__lte=as_of,
    ).order_by("-occurred_on", "-id")


def by_station_and_month(facts: QuerySet[Fact]) -> list[StationMonth]:
    """Return the evidence summed by station, month and measure, newest month first."""
    rows = (
        facts.order_by()
        .annotate(month=TruncMonth("occurred_on"))
        .values_list("station", "month", "measure")
        .annotate(quantity=Sum("quantity"), facts=Count("id"))
        .order_by("-month", "station", "measure")
    )
    return [StationMonth(*row) for row in rows]
