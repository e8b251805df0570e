"""Supervision on an agency's host: what is booked, what is free, book it."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.dates import local_day
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.listing import Listing, RowList
from common.pages.table import Column, label
from supervision import access, queries, weeks
from supervision.availability.slots import Slot, first_of_each, free_slots
from supervision.bookings import actions as booking_actions
from supervision.forms import BookForm, BookingFilter, CancelForm, ClockFilter
from supervision.models import Booking, Supervisor
from supervision.refusals import Taken
from supervision.words import State
from tenants.running import current_slug

AHEAD = dt.timedelta(days=14)
LENGTHS = (60, 90, 120)
COLUMNS = (
    Column(
        "during",
        gettext_lazy("时间"),
        sort="during",
        value=lambda booking: booking.during.lower,
        template="supervision/_during.html",
    ),
    Column(
        "supervisor", gettext_lazy("督导"), sort="supervisor__user__name", value=lambda booking: str(booking.supervisor)
    ),
    Column("station_name", gettext_lazy("站点"), sort="station_name"),
    Column("kind", gettext_lazy("形式"), value=label("kind"), wide=True),
    Column("minutes", gettext_lazy("实际分钟"), sort="minutes", kind="number", wide=True),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
)

CLOCKS = (
    Column("name", gettext_lazy("站点"), sort="name"),
    Column("last_on", gettext_lazy("上次督导"), sort="last_on", template="supervision/_last_on.html"),
    Column("days_left", gettext_lazy("剩余天数"), sort="days_left", kind="number", template="supervision/_left.html"),
    Column("max_gap_days", gettext_lazy("最长间隔（天）"), sort="max_gap_days", kind="number", wide=True),
)
MOST_STATIONS = 200


@require_safe
@allow(Permission.SUPERVISION_BOOK)
def bookings(request: MemberRequest) -> HttpResponseBase:
    """The clocks of the stations, the next free slot of each supervisor, and every booking of the agency."""
    now = timezone.now()
    found = Listing(
        request,
        access.agency_bookings().shown(),
        columns=COLUMNS,
        order="-during",
        search=("station_name", "supervisor__user__name"),
        form=BookingFilter(request.GET),
    )
    if found.wants_export:
        return found.export(_("督导预约"))
    free = first_of_each(free_slots(now, now + AHEAD, length=dt.timedelta(minutes=LENGTHS[0])))[:6]
    context = {
        "list": found,
        "clocks": queries.clocks(current_slug(), local_day(now))[:6],
        "next_free": named(free),
        "minutes": LENGTHS[0],
    }
    return render(request, "supervision/bookings.html", context)


@require_safe
@allow(Permission.SUPERVISION_BOOK)
def clocks(request: MemberRequest) -> HttpResponseBase:
    """Every station's days to supervision, the most pressing first; of the stations named in the address, if any."""
    codes = request.GET.getlist("station")[:MOST_STATIONS] or None
    form = ClockFilter(request.GET, stations=codes or ())
    rows = form.narrow(queries.clocks(current_slug(), timezone.localdate(), codes))
    found = RowList(request, rows, columns=CLOCKS, order="days_left", search=("name", "station"))
    if found.wants_export:
        return found.export(_("各站督导期限"))
    context = {
        "list": found,
        "form": form,
        "title": _("各站督导期限"),
        "act_href": weeks.path("supervision:week"),
        "act_label": _("预约督导"),
        "crumbs": [(_("督导预约"), weeks.path("supervision:bookings")), (_("各站督导期限"), "")],
    }
    return render(request, "list.html", context)


def named(slots: list[Slot]) -> list[tuple[Slot, Supervisor]]:
    """Return slots with their supervisors, in one query."""
    people = queries.active_supervisors().in_bulk({slot.supervisor_id for slot in slots})
    return [(slot, people[slot.supervisor_id]) for slot in slots if slot.supervisor_id in people]


@require_safe
@allow(Permission.SUPERVISION_BOOK)
def week(request: MemberRequest) -> HttpResponse:
    """One supervisor's free slots of one week."""
    now = timezone.now()
    supervisors = list(queries.active_supervisors().order_by("user__name", "id"))
    chosen = next((one for one in supervisors if one.ref == request.GET.get("supervisor")), None)
    asked = request.GET.get("minutes", "")
    minutes = next((length for length in LENGTHS if asked == str(length)), LENGTHS[0])
    monday = weeks.asked_monday(request.GET.get("week", ""), today=local_day(now))
    slots = weeks.free_of_week(chosen, monday, minutes=minutes, now=now) if chosen else []
    context = {
        "supervisors": supervisors,
        "chosen": chosen,
        "minutes": minutes,
        "lengths": LENGTHS,
        "week": weeks.laid_out(monday, [(slot.starts_at, slot) for slot in slots]),
        "crumbs": [(_("督导预约"), weeks.path("supervision:bookings")), (_("按周查看"), "")],
    }
    return render(request, "supervision/week.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.SUPERVISION_BOOK)
def book(request: MemberRequest) -> HttpResponse:
    """Book the slot in the address; a taken one is answered with three others that one tap books."""
    given: dict[str, Any] = {"stations": access.open_stations(), "members": access.members(current_slug())}
    if request.method != "POST":
        form = BookForm(initial=request.GET.dict() | {"attendees": [request.user.ref]}, **given)
        return _book_page(request, form, [])
    data = request.POST.copy()
    supervisor, _bar, starts_at = data.get("take", "").partition("|")
    if supervisor and starts_at:
        data["supervisor"], data["starts_at"] = supervisor, starts_at
    form = BookForm(data, **given)
    alternatives: list[Slot] = []

    def action(data: dict[str, Any]) -> Done:
        try:
            booking = _booked(data, request.user)
        except Taken as refusal:
            alternatives.extend(refusal.alternatives)  # offered beside the refusal
            raise
        is_asked = booking.state == State.REQUESTED
        text = _("已预约，等督导答复。") if is_asked else _("已预约，督导已确认。")
        return Done(text, reverse("supervision:booking", args=[booking.ref]))

    return handle_part(request, form, Done(""), action, lambda: _book_page(request, form, alternatives))


def _booked(data: dict[str, Any], by: User) -> Booking:
    station = data["station"]
    request = booking_actions.Request(
        tenant=station.tenant,
        station=station.code,
        station_name=station.name,
        region=station.region,
        starts_at=data["starts_at"],
        ends_at=data["starts_at"] + dt.timedelta(minutes=data["minutes"]),
        modality=data["modality"],
        kind=data["kind"],
        function=data["function"],
        topic=data["topic"],
        attendees=data["attendees"],
    )
    return booking_actions.book(supervisor=data["supervisor"], request=request, now=clock.now(), by=by)


def _book_page(request: HttpRequest, form: BookForm, alternatives: list[Slot]) -> HttpResponse:
    asked = BookForm.base_fields["starts_at"]
    try:
        starts_at = asked.clean(form["starts_at"].value())
        chosen = queries.active_supervisors().filter(ref=str(form["supervisor"].value())).first()
    except ValidationError:
        starts_at = chosen = None
    if chosen is None or starts_at is None:
        return redirect("supervision:week")
    context = {
        "form": form,
        "chosen": chosen,
        "starts_at": starts_at,
        "alternatives": named(alternatives),
        "crumbs": [(_("督导预约"), weeks.path("supervision:bookings")), (_("预约"), "")],
    }
    return render(request, "supervision/book.html", context)


@require_safe
@allow(Permission.SUPERVISION_BOOK)
def booking(request: MemberRequest, ref: str) -> HttpResponse:
    return _booking_page(request, access.get_booking(request, ref), CancelForm())


@require_POST
@allow(Permission.SUPERVISION_BOOK)
def cancel(request: MemberRequest, ref: str) -> HttpResponse:
    """Give the time back; for who booked it, and for heads and directors."""
    booking = access.get_booking(request, ref)
    access.require_cancel(request, booking)
    form = CancelForm(request.POST)

    def action(data: dict[str, Any]) -> None:
        booking_actions.cancel(booking=booking, **data, now=clock.now(), by=request.user)

    done = Done(_("预约已取消，时间已让出。"), reverse("supervision:booking", args=[ref]))
    return handle_part(request, form, done, action, lambda: _booking_page(request, booking, form))


@allow(Permission.SUPERVISION_BOOK)
@act(back="supervision:booking")
def accept(request: MemberRequest, ref: str) -> Done:
    """Take the other time the supervisor proposed."""
    booking_actions.accept_proposal(booking=access.get_booking(request, ref), now=clock.now(), by=request.user)
    return Done(_("已改到新的时间。"))


def _booking_page(request: HttpRequest, booking: Booking, form: CancelForm) -> HttpResponse:
    context = {
        "booking": booking,
        "attendees": list(booking.attendees.all()),
        "form": form,
        "may_cancel": booking.state in (State.REQUESTED, State.CONFIRMED) and access.may_cancel(request, booking),
        "crumbs": [(_("督导预约"), weeks.path("supervision:bookings")), (str(booking.supervisor), "")],
    }
    return render(request, "supervision/booking.html", context)
