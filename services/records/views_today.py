"""Today: what waits for this person, whom to visit next, how the contract stands."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import access_of, can
from accounts.permissions import Permission
from common.dates import SHANGHAI
from contracts import door as contracts
from services.clients.access import served_clients
from services.clients.models import Client
from services.network.models import Site
from services.people.access import own_sites, staff_of
from services.records.access import visible_records
from services.records.models import Attendance, Kind, ServiceRecord
from supervision import door as supervision
from tenants.running import current_slug

SHOWN = 6
WORST = 3  # stations: the page is read on a phone in the morning; the rest is one tap away


@dataclass(frozen=True)
class Day:
    """What a person's day starts from: how their stations stand, the worst first, and how many records wait.

    `month_records` and `month_minutes` are their own of this month; `stations` are the codes of the stations in their
    hands, None for all of the agency's.
    """

    stations: list[str] | None
    scores: list[contracts.StationScore] = field(default_factory=list)
    clocks: list[supervision.Clock] = field(default_factory=list)
    waiting: int = 0
    returned: int = 0
    month_records: int = 0
    month_minutes: int = 0

    @property
    def overdue(self) -> list[supervision.Clock]:
        return [clock for clock in self.clocks if clock.days_left < 0]

    @property
    def lagging(self) -> list[contracts.StationScore]:
        return [score for score in self.scores if score.behind]


def home(request: HttpRequest, day: Day, **more: Any) -> HttpResponse:
    """Show the page; `more` is what rooms above put on it."""
    if not request.user.is_authenticated or not access_of(request).roles:
        return redirect("account_login")
    today = timezone.localdate()
    context: dict[str, Any] = {"today": today, "day": day, "scores": day.scores[:WORST], **more}
    context["clocks"] = day.clocks[:WORST]
    if can(request, Permission.RECORD_VIEW):
        context |= _work(request, day, today)
    if can(request, Permission.SUPERVISION_BOOK):
        context["sessions"] = supervision.next_sessions(
            current_slug(), timezone.now(), attendee=request.user.pk, limit=3
        )
    return render(request, "records/today.html", context)


def day_of(request: HttpRequest, today: dt.date) -> Day:
    """Return the day of a director with every station, and of everybody else with their own."""
    codes = None if can(request, Permission.CLIENT_VIEW_ALL) else _own_stations(request, today)
    scores, clocks = [], []
    if can(request, Permission.OWN_SCORE_VIEW) and codes != []:
        scores = contracts.station_scores(tenant=current_slug(), stations=codes, as_of=today)
    if can(request, Permission.SUPERVISION_BOOK) and codes != []:
        clocks = supervision.clocks(current_slug(), today, codes)
    counts = _counts(request, today) if can(request, Permission.RECORD_VIEW) else {}
    return Day(codes, sorted(scores, key=_share), clocks, **counts)


def _counts(request: HttpRequest, today: dt.date) -> dict[str, int]:
    """Return the day's counts of records, in one query."""
    month = dt.datetime.combine(today.replace(day=1), dt.time(), SHANGHAI)
    of_sample = Exists(Attendance.objects.filter(record=OuterRef("pk"), client__is_sample=True))
    mine = Q(~of_sample, worker=staff_of(request), held_at__gte=month, state=ServiceRecord.State.COUNTED)
    waits, returned = Q(state=ServiceRecord.State.WAITING), Q(state=ServiceRecord.State.RETURNED)
    records = visible_records(request, today).filter(mine | waits | returned)
    counts = records.aggregate(
        waiting=Count("pk", filter=waits), returned=Count("pk", filter=returned),
        month_records=Count("pk", filter=mine), month_minutes=Sum("minutes", filter=mine),
    )  # fmt: skip
    return {name: count or 0 for name, count in counts.items()}


def _share(score: contracts.StationScore) -> tuple[Decimal, str]:
    return score.total / score.full, score.number


def _work(request: HttpRequest, day: Day, today: dt.date) -> dict[str, Any]:
    staff = staff_of(request)
    records = visible_records(request, today)
    people = Prefetch("attendances", queryset=Attendance.objects.select_related("client"))
    context: dict[str, Any] = {
        "recent": records.filter(worker=staff).prefetch_related(people)[:SHOWN],
        "to_visit": _to_visit(request, today) if can(request, Permission.RECORD_WRITE) else [],
    }
    if day.returned:
        mine = records.filter(worker=staff, state=ServiceRecord.State.RETURNED)
        context["returned"] = mine.select_related("site")[:SHOWN]
    if day.waiting and can(request, Permission.RECORD_COUNTERSIGN):
        waiting = records.filter(state=ServiceRecord.State.WAITING)
        context["to_countersign"] = waiting.select_related("site", "worker")[:SHOWN]
    return context


def _to_visit(request: HttpRequest, today: dt.date) -> list[Client]:
    """Return this worker's clients, the ones longest without a home visit first."""
    visited = Max(
        "attendances__record__held_at",
        filter=Q(attendances__record__kind=Kind.HOME_VISIT, attendances__record__state=ServiceRecord.State.COUNTED),
    )
    mine = served_clients(request, today).filter(state=Client.State.ACTIVE, worker=staff_of(request))
    return list(mine.annotate(visited_at=visited).order_by(F("visited_at").asc(nulls_first=True), "pk")[:SHOWN])


def _own_stations(request: HttpRequest, today: dt.date) -> list[str]:
    """Return the codes of this person's own sites that count by themselves."""
    return list(own_sites(request, today).exclude(level=Site.Level.ROOM).values_list("code", flat=True))
