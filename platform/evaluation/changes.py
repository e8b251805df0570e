"""What has changed since a moment: which facts are said otherwise, were said late, or are said no more."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from evaluation.models import Why
from programmes.measures import LEVELS, recorded_by

# What is said now and was not known then, beside what was known then and is said no more. Withdrawn and restored alike
# is no change.
CHANGED = """
    WITH now AS (
        SELECT measure, source, station, occurred_on, quantity, subject_key, known_from AS at
        FROM public.evaluation_fact AS fact WHERE {scope} AND known_from >= %(known)s
    ), was AS (
        SELECT measure, source, station, occurred_on, quantity, subject_key, known_until AS at, why
        FROM public.evaluation_factversion AS fact
        WHERE {scope} AND known_from < %(known)s AND known_until >= %(known)s
    )
    SELECT measure, source, coalesce(now.station, was.station), coalesce(now.occurred_on, was.occurred_on),
        was.quantity, now.quantity, coalesce(was.why, ''), coalesce(now.at, was.at)
    FROM now FULL JOIN was USING (measure, source)
    WHERE (now.station, now.occurred_on, now.quantity, now.subject_key)
        IS DISTINCT FROM (was.station, was.occurred_on, was.quantity, was.subject_key)
    ORDER BY 8 DESC, source, measure
""".replace(
    "{scope}",
    "tenant = %(tenant)s AND station = ANY(%(stations)s) AND measure = ANY(%(measures)s) AND occurred_on <= %(as_of)s"
    " AND (occurred_on >= %(starts_on)s OR measure = ANY(%(levels)s))",
)


@dataclass(frozen=True)
class FactChange:
    """One fact that is said otherwise than then. `before` is None if it was said late, `after` if it is said no more.

    `at` is when it was said; `why` is one of `evaluation.models.Why`, '' where nothing of before is gone.
    """

    measure: str
    source: str
    station: str
    occurred_on: dt.date
    before: Decimal | None
    after: Decimal | None
    why: str
    at: dt.datetime

    @property
    def in_words(self) -> str:
        """The reason: how it came to be said otherwise."""
        if self.before is None:
            return str(Why.LATE.label)
        return str(Why(self.why).label)


def changes_since(
    *,
    tenant: str,
    stations: Sequence[str],
    starts_on: dt.date,
    as_of: dt.date,
    measures: Iterable[str],
    known: dt.datetime,
) -> list[FactChange]:
    """Return what is said now otherwise than at the moment `known`, of the days until `as_of`; the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGED,
            {
                "tenant": tenant,
                "stations": list(stations),
                "starts_on": starts_on,
                "as_of": as_of,
                "measures": list(recorded_by(measures)),
                "levels": list(LEVELS),
                "known": known,
            },
        )
        return [FactChange(*row) for row in cursor.fetchall()]
