"""The supervisor's desk on the shared host: where am I today, who asks for me, what do I still have to write."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common import clock
from common.dates import local_day
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from supervision import access, queries, weeks
from supervision.availability import actions as offering
from supervision.availability.recurrence import in_words
from supervision.forms import OfferForm, ProfileForm
from supervision.models import OpenWindow
from supervision.words import State


@require_safe
@allow(Permission.DESK_VIEW)
def desk(request: MemberRequest) -> HttpResponse:
    """Today and tomorrow, requests to answer, notes owed."""
    now = timezone.now()
    today = local_day(now)
    mine = access.own_sessions(request).shown()
    near = list(queries.between(mine.filter(state__in=[State.CONFIRMED, State.COMPLETED]), today, 2))
    own = access.own_profile(request)
    context = {
        "profile": own,
        "today": [one for one in near if local_day(one.during.lower) == today],
        "tomorrow": [one for one in near if local_day(one.during.lower) != today],
        "asked": list(mine.filter(state=State.REQUESTED, answer_by__gt=now).order_by("answer_by", "id")),
        "owed": list(queries.notes_owed(own, now)) if not own._state.adding else [],
        "offers": not own._state.adding and own.availabilities.exists(),
    }
    return render(request, "supervision/desk.html", context)


@require_safe
@allow(Permission.DESK_VIEW)
def calendar(request: MemberRequest) -> HttpResponse:
    """A week of sessions and of times still open."""
    monday = weeks.asked_monday(request.GET.get("week", ""), today=local_day(timezone.now()))
    kept = [State.REQUESTED, State.CONFIRMED, State.COMPLETED]
    sessions = queries.between(access.own_sessions(request).shown().filter(state__in=kept), monday, 7)
    span = (queries.day_start(monday), queries.day_start(monday + weeks.SEVEN))
    windows = OpenWindow.objects.filter(supervisor__user=request.user.pk, during__overlap=span).order_by("during", "id")
    entries: list[tuple[dt.datetime, Any]] = [(one.during.lower, ("open", one)) for one in windows]
    entries += [(one.during.lower, ("session", one)) for one in sessions]
    week = weeks.laid_out(monday, sorted(entries, key=lambda entry: entry[0]))
    return render(request, "supervision/calendar.html", {"week": week})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.AVAILABILITY_OFFER)
def availability(request: MemberRequest) -> HttpResponse:
    """What is offered, in words, and a form to offer more."""
    now = clock.now()
    own = access.own_profile(request)
    form = OfferForm(request.POST or None, initial={"day": local_day(now) + dt.timedelta(days=1)})

    def action(data: dict[str, Any]) -> None:
        offering.offer_availability(supervisor=access.kept_profile(request), **form.offer, now=now, by=own.user)

    def show() -> HttpResponse:
        offers = [] if own._state.adding else own.availabilities.all()
        in_use = [(offer, in_words(offer.rrule, offer.starts_at)) for offer in offers]
        return render(request, "supervision/availability.html", {"form": form, "offers": in_use})

    done = Done(_("已开放这段时间。"), reverse("supervision:availability"))
    return handle_part(request, form, done, action, show)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.AVAILABILITY_OFFER)
def profile(request: MemberRequest) -> HttpResponse:
    """What agencies read about this supervisor."""
    own = access.own_profile(request)
    form = ProfileForm.of(own, request.POST or None)

    def action(data: dict[str, Any]) -> None:
        offering.enrol_supervisor(user=own.user, **data, by=own.user)

    done = Done(_("资料已更新。"), reverse("supervision:desk"))
    return handle_part(request, form, done, action, lambda: render(request, "supervision/profile.html", {"form": form}))


@allow(Permission.AVAILABILITY_OFFER)
@act(back=reverse_lazy("supervision:availability"))
def withdraw(request: MemberRequest, ref: str) -> Done:
    """Take an offer back; sessions already booked stay."""
    offering.withdraw_availability(availability=access.get_availability(request, ref), by=request.user)
    return Done(_("已收回。之前的预约不受影响。"))
