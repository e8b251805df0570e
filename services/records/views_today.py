"""Today: what waits for this person, whom to visit next, how the contract stands."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import can, standing
from accounts.permissions import Permission
from common.dates import SHANGHAI
from contracts import door as contracts
from services.clients.access import served_clients
from services.clients.models import Client
from services.people.access import own_sites, staff_of
from services.records.access import visible_records
from services.records.models import Attendance, ServiceRecord
from services.volunteers.models import HourRecord
from supervision import door as supervision
from tenants.running import current_slug

SHOWN = 6


def home(request: HttpRequest, **more: Any) -> HttpResponse:
    """Show the page; `more` is what rooms above put on it."""
    if not request.user.is_authenticated or not standing(request).roles:
        return redirect("account_login")
    today = timezone.localdate()
    context: dict[str, Any] = {"today": today, **more}
    if can(request, Permission.RECORD_VIEW):
        context |= _work(request, today)
    if can(request, Permission.VOLUNTEER_VERIFY):
        context["hours_waiting"] = HourRecord.objects.filter(state=HourRecord.State.WAITING).count()
    if can(request, Permission.OWN_SCORE_VIEW):
        context["scores"] = _scores(request, today)
    if can(request, Permission.SUPERVISION_BOOK):
        context |= _supervision(request, today)
    return render(request, "records/today.html", context)


def _work(request: HttpRequest, today: dt.date) -> dict[str, Any]:
    staff = staff_of(request)
    month = dt.datetime.combine(today.replace(day=1), dt.time(), SHANGHAI)
    known = visible_records(request, today)
    mine = known.filter(worker=staff, held_at__gte=month, state=ServiceRecord.State.COUNTED).exclude(
        Exists(Attendance.objects.filter(record=OuterRef("pk"), client__is_sample=True))
    )
    figures = mine.aggregate(minutes=Sum("minutes"))
    context: dict[str, Any] = {
        "month_records": mine.count(),
        "month_hours": (figures["minutes"] or 0) / 60,
        "returned": known.filter(worker=staff, state=ServiceRecord.State.RETURNED).select_related("site")[:SHOWN],
        "recent": known.filter(worker=staff).prefetch_related("attendances__client")[:SHOWN],
        "to_visit": _to_visit(request, today) if can(request, Permission.RECORD_WRITE) else [],
    }
    if can(request, Permission.RECORD_COUNTERSIGN):
        context["waiting"] = known.filter(state=ServiceRecord.State.WAITING).select_related("site", "worker")[:SHOWN]
    return context


def _to_visit(request: HttpRequest, today: dt.date) -> list[Client]:
    """Return this worker's clients, the ones longest without a home visit first."""
    visited = Max(
        "attendances__record__held_at",
        filter=Q(attendances__record__kind="home_visit", attendances__record__state="counted"),
    )
    mine = served_clients(request, today).filter(state=Client.State.ACTIVE, worker=staff_of(request))
    return list(mine.annotate(visited_at=visited).order_by(F("visited_at").asc(nulls_first=True), "pk")[:SHOWN])


def _supervision(request: HttpRequest, today: dt.date) -> dict[str, Any]:
    """Return this person's next sessions, and the days their own stations have left."""
    codes = _own_stations(request, today)
    return {
        "sessions": supervision.next_sessions(current_slug(), timezone.now(), attendee=request.user.pk, limit=3),
        "clocks": supervision.clocks(current_slug(), today, codes) if codes else [],
    }


def _own_stations(request: HttpRequest, today: dt.date) -> list[str]:
    return list(own_sites(staff_of(request), today).exclude(level="room").values_list("code", flat=True)[:3])


def _scores(request: HttpRequest, today: dt.date) -> list[Any]:
    """Return the live scorecards of one's own stations; none for who has no station (the director sees all by list)."""
    codes = _own_stations(request, today)
    return contracts.station_scores(tenant=current_slug(), stations=codes, as_of=today) if codes else []
