"""经过 of a station: its head's own stations, every station for the director."""

from typing import Final

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.listing import Listing
from services.history import queries
from services.journal import log
from services.journal.models import JournalEntry
from services.network.models import Site
from services.people.access import sites_in_reach
from tenants.history.lines import LogFilter, columns, people_of, verify
from tenants.running import current_slug

# Pages of their own keep their own guard: who may not open a file does not open it from here either.
PAGES: Final = {
    "site": "network:station",
    "client": "clients:client",
    "household": "households:household",
    "servicerecord": "records:record",
    "volunteer": "volunteers:volunteer",
    "application": "grants:application",
}


@require_safe
@allow(Permission.RECORD_COUNTERSIGN)
def station(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Lines of a station and everything below it."""
    site = _site(request, ref)
    lines = queries.lines_of(request, Site.objects.under(site), timezone.localdate())
    people = people_of(lines, current_slug())
    listing = Listing(
        request, lines, columns=columns(people, _about, _href), order="-at",
        form=LogFilter(request.GET, nouns=queries.NOUNS, people=people),
    )  # fmt: skip
    if listing.wants_export:
        title = _("经过 %(number)s") % {"number": site.code}
        return listing.export(
            title, told=lambda: log.write("history.list.exported", on=site, by=request.user, rows=listing.total)
        )
    context = {
        "list": listing,
        "title": site.name,
        "text": _("谁在什么时候在这个站点做了什么。每一行写下后一分钟内封存，改动会在核对时露出来。"),
        "verify_href": reverse("history:verify", args=[site.ref]),
        "crumbs": [
            (_("服务站点"), reverse("network:stations")),
            (site.name, reverse("network:station", args=[site.ref])),
            (_("经过"), ""),
        ],
    }
    return render(request, "contracts/history.html", context)


@require_safe
@allow(Permission.RECORD_COUNTERSIGN)
def verify_station(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Recompute the chain over the station's lines and say what was found; it changes nothing."""
    site = _site(request, ref)
    back = reverse("history:station", args=[site.ref])
    context = {
        "verdict": verify("journal", queries.lines_of(request, Site.objects.under(site), timezone.localdate())),
        "title": site.name,
        "back": back,
        "crumbs": [(_("服务站点"), reverse("network:stations")), (_("经过"), back), (_("日志核对"), "")],
    }
    return render(request, "contracts/verified.html", context)


def _site(request: MemberRequest, ref: str) -> Site:
    """Return a site whose work this person answers for.

    :raises Http404: for an unknown site or one in other hands.
    """
    site = sites_in_reach(request, timezone.localdate()).filter(ref=ref).first()
    if site is None:
        raise Http404
    return site


def _about(entry: JournalEntry) -> str:
    return _("查看") if _href(entry) else "–"


def _href(entry: JournalEntry) -> str:
    page = PAGES.get(entry.object_kind, "")
    return reverse(page, args=[entry.object_ref]) if page else ""
