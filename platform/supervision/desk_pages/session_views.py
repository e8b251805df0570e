"""One session on the supervisor's desk: answer it, move it, give it back, write it down."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common import clock
from common.dates import local_day
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.forms import HouseForm
from supervision import access, weeks
from supervision.bookings import actions as booking_actions
from supervision.bookings import answers
from supervision.forms import CancelForm, CompleteForm, ProposeForm
from supervision.models import Booking
from supervision.words import State


@require_safe
@allow(Permission.DESK_VIEW)
def session(request: MemberRequest, ref: str) -> HttpResponse:
    return _session_page(request, access.get_session(request, ref, Permission.DESK_VIEW))


@allow(Permission.SESSION_ANSWER)
@act(back="supervision:session")
def accept(request: MemberRequest, ref: str) -> Done:
    answers.accept(booking=access.get_session(request, ref, Permission.SESSION_ANSWER), by=request.user)
    return Done(_("已确认。"))


@require_POST
@allow(Permission.SESSION_ANSWER)
def decline(request: MemberRequest, ref: str) -> HttpResponse:
    booking = access.get_session(request, ref, Permission.SESSION_ANSWER)

    def action(data: dict[str, Any]) -> None:
        answers.decline(booking=booking, **data, by=request.user)

    form = CancelForm(request.POST, prefix="decline")
    return _handle(request, booking, "decline", form, _("已谢绝，时间已让出。"), action)


@require_POST
@allow(Permission.SESSION_ANSWER)
def propose(request: MemberRequest, ref: str) -> HttpResponse:
    booking = access.get_session(request, ref, Permission.SESSION_ANSWER)
    form = ProposeForm(request.POST, prefix="propose")

    def action(data: dict[str, Any]) -> None:
        start, end = form.span
        answers.propose(booking=booking, starts_at=start, ends_at=end, now=clock.now(), by=request.user)

    return _handle(request, booking, "propose", form, _("已提出另一个时间，等机构答复。"), action)


@require_POST
@allow(Permission.SESSION_ANSWER)
def cancel(request: MemberRequest, ref: str) -> HttpResponse:
    booking = access.get_session(request, ref, Permission.SESSION_ANSWER)

    def action(data: dict[str, Any]) -> None:
        booking_actions.cancel(booking=booking, **data, now=clock.now(), by=request.user)

    return _handle(request, booking, "cancel", CancelForm(request.POST, prefix="cancel"), _("已取消。"), action)


@require_POST
@allow(Permission.SESSION_COMPLETE)
def complete(request: MemberRequest, ref: str) -> HttpResponse:
    booking = access.get_session(request, ref, Permission.SESSION_COMPLETE)

    def action(data: dict[str, Any]) -> None:
        answers.complete(booking=booking, **data, now=clock.now(), by=request.user)

    form = CompleteForm(request.POST, booking=booking, prefix="complete")
    return _handle(request, booking, "complete", form, _("督导已完成，已计入站点。"), action)


def _handle(
    request: MemberRequest,
    booking: Booking,
    name: str,
    form: HouseForm,
    text: str,
    action: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    """Act if the form is right, and go back to the session; show it again with what is wrong otherwise.

    :param name: which of the page's forms was sent.
    """
    done = Done(text, reverse("supervision:session", args=[booking.ref]))
    return handle_part(request, form, done, action, lambda: _session_page(request, booking, {name: form}))


def _session_page(request: HttpRequest, found: Booking, sent: dict[str, HouseForm] | None = None) -> HttpResponse:
    forms = sent or {}
    now = timezone.now()
    context = {
        "booking": found,
        "attendees": list(found.attendees.all()),
        "is_waiting": found.state == State.REQUESTED,
        "is_ahead": found.state in (State.REQUESTED, State.CONFIRMED),
        "can_complete": found.state == State.CONFIRMED and local_day(found.during.lower) <= local_day(now),
        "decline": forms.get("decline") or CancelForm(prefix="decline"),
        "propose": forms.get("propose") or ProposeForm(prefix="propose"),
        "cancel": forms.get("cancel") or CancelForm(prefix="cancel"),
        "complete": forms.get("complete") or CompleteForm(booking=found, prefix="complete"),
        "wrong": next(iter(forms.values()), None),
        "crumbs": [(_("督导工作台"), weeks.path("supervision:desk")), (found.station_name, "")],
    }
    return render(request, "supervision/session.html", context)
