"""Anybody's pages: find my station by place, street name or pinyin, and what it is."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from common.pages.htmx import page
from common.pages.listing import Listing
from common.pages.table import Column
from directory import queries
from directory.models import StationListing

LONGEST: Final = 60
COLUMNS: Final = (Column("place", _("服务区划"), "region_id"), Column("name", _("站点名称"), "name"))


def home(request: HttpRequest) -> HttpResponse:
    """Find a station; without words, say where there are any."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    context: dict[str, Any] = {"words": words}
    if words:
        context["list"] = Listing(request, queries.open_stations(words), columns=COLUMNS, order="place")
    else:
        context |= {"places": queries.places_served(), "coverage": queries.coverage()}
    return page(request, "directory/home.html", "directory/_stations.html", context)


def station(request: HttpRequest, ref: str) -> HttpResponse:
    """A station's public face; a closed one's too, since old contracts lead here."""
    found = get_object_or_404(StationListing.objects.public().select_related("region"), ref=ref)
    facts = [
        (_("服务区划"), found.region.full_name),
        (_("地址"), found.address),
        (_("电话"), found.phone),
        (_("开放时间"), found.hours),
        (_("承接机构"), found.agency),
        (_("站点编号"), found.code),
        (_("开放日期"), found.opened_on),
        (_("关闭日期"), found.closed_on),
    ]
    services = [line.strip() for line in found.services.splitlines() if line.strip()]
    return render(request, "directory/station.html", {"station": found, "facts": facts, "services": services})
