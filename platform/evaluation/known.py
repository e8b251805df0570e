"""What was known when: a statement over the facts of a moment, and the moments of facts older than their history.

For the application the database itself writes from when a fact is known (migration 0004); `fill_known` is the owner's.
"""

import datetime as dt
from typing import Any, Final

from django.db import connection
from django.utils import timezone

PORTION: Final = 20_000
# Where no record says when it was written, it is taken to be known at the end of its day, and not later than now.
END_OF_DAY: Final = "least(((occurred_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'), clock_timestamp())"
OF_RECORDS: Final = """
    UPDATE public.evaluation_fact AS fact
    SET known_from = {moment}, recorded_on = record.recorded_on
    FROM (
        SELECT made.ref, made.recorded_at, (made.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS recorded_on,
            (SELECT max(version.at) FROM {schema}.records_recordversion AS version
             WHERE version.record_id = made.id) AS said_last
        FROM {schema}.records_servicerecord AS made
    ) AS record
    WHERE fact.tenant = %s AND fact.source LIKE 'records.record:%%' AND split_part(fact.source, ':', 2) = record.ref
"""


FACTS: Final = "public.evaluation_fact"
VERSIONS: Final = "public.evaluation_factversion"


def as_known(select: str, known: dt.datetime | None) -> str:
    """Return a SELECT over `{facts} AS fact` as it is now, or as it was at the moment `known` (parameter %(known)s).

    Two arms, each with its own joins: as one view inside a derived table it costs nearly four times as much.
    """
    live = select.replace("{facts}", FACTS)
    if known is None:
        return live
    versions = select.replace("{facts}", VERSIONS)
    return (
        f"{live} AND fact.known_from < %(known)s UNION ALL {versions}"
        " AND fact.known_from < %(known)s AND fact.known_until >= %(known)s"
    )


def end_of(day: dt.date) -> dt.datetime:
    """Return the first moment after a day: what was known on a day is what was known before it."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, timezone.get_default_timezone())


def fill_known(cursor: Any) -> None:
    """Say of every fact without it from when it was known; notes that corrections before now left no trace.

    Safe to do again. Nothing is written where there are no facts yet.
    """
    cursor.execute("SELECT EXISTS (SELECT FROM public.evaluation_fact WHERE known_from IS NULL)")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(
        "INSERT INTO public.evaluation_historystart (since)"
        " SELECT clock_timestamp() WHERE NOT EXISTS (SELECT FROM public.evaluation_historystart)"
    )
    fill_of_records(cursor, "fact.known_from IS NULL", corrected=True)
    cursor.execute("SELECT coalesce(max(id), 0) FROM public.evaluation_fact")
    last = cursor.fetchone()[0]
    for first in range(0, last + 1, PORTION):
        cursor.execute(
            f"UPDATE public.evaluation_fact SET known_from = {END_OF_DAY}"  # noqa: S608  # ours
            " WHERE id >= %s AND id < %s AND known_from IS NULL",
            [first, first + PORTION],
        )


def fill_of_records(cursor: Any, which: str, *, corrected: bool) -> None:
    """Say of the facts of service records when these were written, agency by agency.

    With `corrected` those of a record that was said anew are known since then: which of them it changed is not told.
    """
    moment = "greatest(record.recorded_at, record.said_last)" if corrected else "record.recorded_at"
    cursor.execute(
        "SELECT tenant.slug, quote_ident(tenant.schema_name) FROM public.tenants_tenant AS tenant"
        " WHERE to_regclass(quote_ident(tenant.schema_name) || '.records_recordversion') IS NOT NULL"
        " AND tenant.schema_name <> 'public'"
    )
    for slug, schema in cursor.fetchall():
        cursor.execute(f"{OF_RECORDS.format(schema=schema, moment=moment)} AND {which}", [slug])


def settled_moment() -> dt.datetime:
    """Return the latest moment up to which everything that others said is committed.

    Said is not committed: a sheet that takes down its own moment may differ later from "as known at that moment".
    Whoever still writes began before what he says: the earliest of these beginnings is a moment to which nobody can add
    any more. All sessions that write facts are of one role, so each sees the others' beginnings. What this transaction
    itself has said is told with it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # before the others are looked at: who begins later says later
        mine: dt.datetime = cursor.fetchone()[0]
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        others: dt.datetime | None = cursor.fetchone()[0]
        return min(mine, others) if others else mine
