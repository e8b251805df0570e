"""Anybody's pages on the shared host: ask a station for help, and follow it by its number."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import rates
from common.pages.acts import Done
from common.pages.form_page import handle_part
from directory import door as directory
from services.help_requests import actions
from services.help_requests.forms import AskForm
from services.help_requests.models import HelpRequest
from services.network.models import Site
from tenants.running import active_tenant, in_tenant

HOUR: Final = 3600
MOST_ASKED: Final = 5
MOST_FOLLOWED: Final = 60  # a number has 79 bits: walking them finds nothing, and is stopped besides


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, station: str) -> HttpResponse:
    """Leave a name and a phone with a station."""
    listed = _station(station)
    form = AskForm(request.POST or None)

    def action(data: dict[str, Any]) -> str:
        # Counted before the agency is entered: the counter stands on the shared floor.
        rates.count(request, "help", most=MOST_ASKED, seconds=HOUR)
        with in_tenant(active_tenant(listed.tenant)):
            row = actions.ask(site=Site.objects.get(ref=listed.ref), **data)
        return reverse("helping:follow", args=[listed.ref, row.ref])

    def show() -> HttpResponse:
        return render(request, "help_requests/ask.html", {"form": form, "station": listed})

    done = Done(_("已收到。请记下本页的编号，工作人员会联系您。"), reverse("station", args=[listed.ref]))
    return handle_part(request, form, done, action, show)


@require_safe
def follow(request: HttpRequest, station: str, ref: str) -> HttpResponse:
    """How a request stands: its state and nothing else of it."""
    listed = _station(station)
    rates.count(request, "help-number", most=MOST_FOLLOWED, seconds=HOUR)
    with in_tenant(active_tenant(listed.tenant)):
        row = HelpRequest.objects.filter(ref=ref, site__ref=listed.ref).only("ref", "state", "asked_at").first()
    if row is None:
        raise Http404
    return render(request, "help_requests/follow.html", {"row": row, "station": listed})


def _station(ref: str) -> directory.Station:
    """Return a station that the public sees and that is open.

    :raises Http404: for any other.
    """
    listed = directory.public_station(ref)
    if listed is None:
        raise Http404
    return listed
