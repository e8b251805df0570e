"""One session on the supervisor's desk: answer it, move it, give it back, write it down."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.dates import local_day
from common.pages.forms import HouseForm
from common.pages.notices import notify
from common.refusals import Refused
from supervision import access, weeks
from supervision.bookings import actions as booking_actions
from supervision.bookings import answers
from supervision.forms import CompleteForm, ProposeForm, ReasonForm
from supervision.models import Booking
from supervision.words import State


@require_safe
@allow(Permission.DESK_VIEW)
def session(request: MemberRequest, ref: str) -> HttpResponse:
    return _session_page(request, access.get_session(request, ref, Permission.DESK_VIEW))


@require_POST
@allow(Permission.SESSION_ANSWER)
def accept(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.get_session(request, ref, Permission.SESSION_ANSWER)
    return _done(request, found, "", None, lambda by: answers.accept(booking=found, by=by), _("已确认。"))


@require_POST
@allow(Permission.SESSION_ANSWER)
def decline(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.get_session(request, ref, Permission.SESSION_ANSWER)
    form = ReasonForm(request.POST, prefix="decline")
    return _done(
        request, found, "decline", form,
        lambda by: answers.decline(booking=found, **form.cleaned_data, by=by), _("已谢绝，时间已让出。"),
    )  # fmt: skip


@require_POST
@allow(Permission.SESSION_ANSWER)
def propose(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.get_session(request, ref, Permission.SESSION_ANSWER)
    form = ProposeForm(request.POST, prefix="propose")

    def act(by: User) -> Booking:
        start, end = form.span
        return answers.propose(booking=found, starts_at=start, ends_at=end, now=clock.now(), by=by)

    return _done(request, found, "propose", form, act, _("已提出另一个时间，等机构答复。"))


@require_POST
@allow(Permission.SESSION_ANSWER)
def cancel(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.get_session(request, ref, Permission.SESSION_ANSWER)
    form = ReasonForm(request.POST, prefix="cancel")
    return _done(
        request, found, "cancel", form,
        lambda by: booking_actions.cancel(booking=found, **form.cleaned_data, now=clock.now(), by=by), _("已取消。"),
    )  # fmt: skip


@require_POST
@allow(Permission.SESSION_COMPLETE)
def complete(request: MemberRequest, ref: str) -> HttpResponse:
    found = access.get_session(request, ref, Permission.SESSION_COMPLETE)
    form = CompleteForm(request.POST, booking=found, prefix="complete")
    return _done(
        request, found, "complete", form,
        lambda by: answers.complete(booking=found, **form.cleaned_data, now=clock.now(), by=by),
        _("督导已完成，已计入站点。"),
    )  # fmt: skip


def _done(
    request: HttpRequest,
    found: Booking,
    name: str,
    form: HouseForm | None,
    act: Callable[[User], Booking],
    said: str,
) -> HttpResponse:
    """Act if the form is right, and go back to the session; show it again with what is wrong otherwise.

    :param name: which of the page's forms was sent, '' for a bare button.
    """
    if form is None or form.is_valid():
        try:
            act(access.person(request))
        except Refused as refusal:
            if form is None:
                return _session_page(request, found, problems=refusal.reasons)
            form.refuse(refusal)
        else:
            notify(request, said)
            return redirect("supervision:session", ref=found.ref)
    return _session_page(request, found, sent={name: form})


def _session_page(
    request: HttpRequest, found: Booking, problems: Sequence[str] = (), sent: dict[str, HouseForm] | None = None
) -> HttpResponse:
    forms = sent or {}
    now = timezone.now()
    context = {
        "booking": found,
        "attendees": list(found.attendees.all()),
        "problems": problems,
        "is_waiting": found.state == State.REQUESTED,
        "is_ahead": found.state in (State.REQUESTED, State.CONFIRMED),
        "can_complete": found.state == State.CONFIRMED and local_day(found.during.lower) <= local_day(now),
        "decline": forms.get("decline") or ReasonForm(prefix="decline"),
        "propose": forms.get("propose") or ProposeForm(prefix="propose"),
        "cancel": forms.get("cancel") or ReasonForm(prefix="cancel"),
        "complete": forms.get("complete") or CompleteForm(booking=found, prefix="complete"),
        "wrong": next(iter(forms.values()), None),
        "crumbs": [(_("督导工作台"), weeks.path("supervision:desk")), (found.station_name, "")],
    }
    return render(request, "supervision/session.html", context)
