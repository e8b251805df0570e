"""What is asked of the facts: the totals of a contract in one query, and the evidence behind a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from evaluation.known import as_known
from evaluation.models import EverSaid, Fact, HistoryStart
from evaluation.scoring import Total
from programmes.measures import BASES_OF, LEVELS, PEOPLE_OF, recorded_by

FACTS = """
        SELECT fact.measure, fact.quantity, fact.subject_key
        FROM {facts} AS fact
        WHERE fact.tenant = %(tenant)s AND fact.station = ANY(%(stations)s) AND fact.measure = ANY(%(measures)s)
          AND fact.occurred_on <= %(as_of)s
          AND (fact.occurred_on >= %(starts_on)s OR fact.measure = ANY(%(levels)s))
"""
TOTALS = """
    WITH facts AS MATERIALIZED ({facts})
    SELECT measure, sum(quantity), count(*), count(*) FILTER (WHERE subject_key <> '') FROM facts GROUP BY measure
    UNION ALL
    SELECT people.measure, count(DISTINCT facts.subject_key), count(*), count(*)
    FROM facts JOIN unnest(%(people)s::text[], %(bases)s::text[]) AS people (measure, base)
      ON facts.measure = people.base
    WHERE facts.subject_key <> ''
    GROUP BY people.measure
"""


def totals(
    *,
    tenant: str,
    stations: Sequence[str],
    starts_on: date,
    as_of: date,
    measures: Iterable[str],
    known: datetime | None = None,
) -> dict[str, Total]:
    """Return the total of every measure that has facts, in one query. `as_of` is included.

    Flows and people count from `starts_on`; levels are what stands on `as_of`. A measure without any fact is absent;
    the flows whose persons a people measure counts are there too. With `known` it is what was known at that moment,
    without it what is known now.
    """
    wanted = tuple(measures)
    with connection.cursor() as cursor:
        cursor.execute(
            TOTALS.replace("{facts}", as_known(FACTS, known)),
            {
                "tenant": tenant,
                "stations": list(stations),
                "measures": list(recorded_by(wanted)),
                "starts_on": starts_on,
                "as_of": as_of,
                "levels": list(LEVELS),
                "people": [people for people, _ in PEOPLE_OF if people in wanted],
                "bases": [base for people, base in PEOPLE_OF if people in wanted],
                "known": known,
            },
        )
        return {
            measure: Total(Decimal(quantity), facts, named) for measure, quantity, facts, named in cursor.fetchall()
        }


def history_since() -> datetime | None:
    """Return the moment before which corrections left no trace, or None if everything that was said is known."""
    return HistoryStart.objects.values_list("since", flat=True).first()


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
    *,
    tenant: str,
    stations: Sequence[str],
    starts_on: date,
    as_of: date,
    measures: Iterable[str],
    known: datetime | None = None,
) -> QuerySet[Fact] | QuerySet[EverSaid]:
    """Return the facts behind these measures, newest first; de-identified as they are.

    One row for each fact that counts: those of the measures themselves, and those of a people measure's flows that name
    a person. With `known` they are the facts of that moment, some of which are said no more.
    """
    codes = tuple(measures)
    bases = {base for code in codes for base in BASES_OF.get(code, ())} - set(codes)
    flows = [code for code in codes if code not in LEVELS and code not in BASES_OF]
    levels = [code for code in codes if code in LEVELS]
    counts = Q(measure__in=flows) | (Q(measure__in=bases) & ~Q(subject_key=""))
    place = Q(tenant=tenant, station__in=list(stations), occurred_on__lte=as_of)
    which = place & ((counts & Q(occurred_on__gte=starts_on)) | Q(measure__in=levels))
    if known is None:
        return Fact.objects.filter(which).order_by("-occurred_on", "-id")
    then = Q(known_from__lt=known) & (Q(known_until=None) | Q(known_until__gte=known))
    return EverSaid.objects.filter(which & then).order_by("-occurred_on", "-id")


def by_station_and_month(facts: QuerySet[Fact] | QuerySet[EverSaid]) -> list[StationMonth]:
    """Return the evidence summed by station, month and measure, newest month first."""
    rows = (
        facts.order_by()
        .annotate(month=TruncMonth("occurred_on"))
        .values_list("station", "month", "measure")
        .annotate(quantity=Sum("quantity"), facts=Count("id"))
        .order_by("-month", "station", "measure")
    )
    return [StationMonth(*row) for row in rows]
