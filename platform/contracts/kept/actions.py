"""Keep scores: work off what is due, make tomorrow's in time, let go of days that nobody asks for, verify.

Never in the writer's own transaction: it would cost five times as much, and two writers would lose each other's facts.
The writer leaves a due row; whoever reads meanwhile works the score out (`kept.queries`).
"""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from contracts import queries
from contracts.kept.queries import Kept, live, missing_on
from contracts.models import Contract, KeptScore
from contracts.ranking.periods import month_with
from evaluation.models import ScoreDue

log = logging.getLogger(__name__)
LOOK_BACK: Final = dt.timedelta(days=30)  # what the overview compares with
KEPT_DAYS: Final = 31
KEPT_MONTHS: Final = 12
PORTION: Final = 50  # contracts at a time: nobody waits long for the lock, and little is done again after a kill
MOST_DUE: Final = 2_000
DUE = """
    SELECT due.id, due.from_day, station.contract_id
    FROM (SELECT id, tenant, station, from_day FROM public.evaluation_scoredue ORDER BY id LIMIT %s) AS due
    LEFT JOIN public.contracts_contractstation AS station
      ON station.tenant = due.tenant AND station.code = due.station
"""


def kept_days(today: dt.date) -> list[dt.date]:
    """Return the days whose scores are made: today, tomorrow, what the overview compares them with, ends of months."""
    ends, month = [], month_with(today)
    for _ in range(KEPT_MONTHS):
        ends.append(month.before)
        month = month_with(month.before)
    tomorrow = today + dt.timedelta(days=1)
    return sorted({today, tomorrow, today - LOOK_BACK, tomorrow - LOOK_BACK, *ends})


def refresh(today: dt.date) -> int:
    """Work off what is due and make what is missing; return how many scores were made. Safe at any time and twice.

    One at a time: whoever comes while another is at it leaves it to them.
    """
    made = 0
    while (done := _work_off_due()) is not None:
        made += done
    for day in kept_days(today):
        while missing := missing_on(day, _running(day))[:PORTION]:
            done = _make_missing(missing, day)
            if done is None:
                return made
            made += done
    return made


def _work_off_due() -> int | None:
    """Refresh the kept days that due rows make stale, and delete exactly these rows; None if there is nothing to do.

    The rows are read before the facts: what is committed in between leaves a row of its own, which stays.
    """
    with transaction.atomic():
        if not _alone():
            return None
        with connection.cursor() as cursor:
            cursor.execute(DUE, [MOST_DUE])
            rows = cursor.fetchall()
        if not rows:
            return None
        since: dict[int, dt.date] = {}
        for _id, from_day, contract in rows:
            if contract is not None:
                since[contract] = min(from_day, since.get(contract, from_day))
        made = sum(_keep(pks, day) for day, pks in _touched(since).items())
        ScoreDue.objects.filter(pk__in={row[0] for row in rows}).delete()
        return made


def _touched(since: dict[int, dt.date]) -> dict[dt.date, list[int]]:
    """Return which contracts have a kept score of which day that their due rows make stale."""
    rows = KeptScore.objects.filter(contract__in=since).values_list("day", "contract")
    found: dict[dt.date, list[int]] = {}
    for day, contract in rows:
        if day >= since[contract]:
            found.setdefault(day, []).append(contract)
    return found


def _make_missing(contracts: list[int], day: dt.date) -> int | None:
    with transaction.atomic():
        return _keep(contracts, day) if _alone() else None


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('kept scores'))")
        return bool(cursor.fetchone()[0])


def _keep(contracts: Iterable[int], day: dt.date) -> int:
    """Work out the scores of these contracts on `day` and keep them in the place of what was kept."""
    loaded = list(queries.loaded(Contract.objects.filter(pk__in=list(contracts))))
    found = live(loaded, day)
    KeptScore.objects.bulk_create(
        (_row(contract, day, found[contract.pk]) for contract in loaded),
        update_conflicts=True,
        unique_fields=["day", "contract"],
        update_fields=["digest", "total", "grade", "behind", "weight", "scores", "made_at"],
        batch_size=500,
    )
    return len(loaded)


def _row(contract: Contract, day: dt.date, one: Kept) -> KeptScore:
    return KeptScore(
        contract=contract, day=day, digest=contract.digest, total=one.total, grade=one.grade, behind=one.behind,
        weight=one.weight, scores=list(one.scores),
    )  # fmt: skip


def _running(day: dt.date) -> dict[str, object]:
    """Return what narrows contracts to those that a page of `day` asks for: running then, or ended in that month."""
    return {"starts_on__lte": day, "ends_on__gte": day.replace(day=1)}


def let_go(today: dt.date) -> int:
    """Delete kept scores of days that no page asks for any more; return how many."""
    ends = [day for day in kept_days(today) if day.day > 27 or day >= today - LOOK_BACK]
    old = KeptScore.objects.filter(~Q(day__in=ends), day__lt=today - dt.timedelta(days=KEPT_DAYS))
    return old.delete()[0]


def verify(day: dt.date) -> int:
    """Work out every kept score of `day` again; return how many differ. Each is named in the log and made anew."""
    with transaction.atomic():
        if not _alone():
            return 0
        due = set(ScoreDue.objects.values_list("tenant", "station"))
        rows = {row.contract_id: row for row in KeptScore.objects.filter(day=day)}
        loaded = queries.loaded(Contract.objects.filter(pk__in=rows))
        sure = [one for one in loaded if not due & {(site.tenant, site.code) for site in one.stations.all()}]
        found = live(sure, day)
        wrong = [
            contract for contract in sure if _said(rows[contract.pk]) != _said(_row(contract, day, found[contract.pk]))
        ]
        for contract in wrong:
            log.error("the kept score of %s on %s differs from what its records say", contract.ref, day)
        _keep([contract.pk for contract in wrong], day)
    return len(wrong)


def _said(row: KeptScore) -> tuple[object, ...]:
    return (row.digest, row.total, row.grade, row.behind, row.weight, list(row.scores))
