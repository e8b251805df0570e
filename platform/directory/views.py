"""Anybody's pages: find my station by place, street name or pinyin, and what it is."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from common.htmx import page
from directory import queries
from directory.models import StationListing

LONGEST = 60
A_PAGE = 20


def home(request: HttpRequest) -> HttpResponse:
    """Find a station. Without words, say how many there are and where."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    found = Paginator(queries.open_stations(words), A_PAGE)
    context = {
        "words": words,
        "stations": found.get_page(request.GET.get("page")),
        "places": [] if words else queries.places_served(),
    }
    return page(request, "directory/home.html", "directory/_stations.html", context)


def station(request: HttpRequest, ref: str) -> HttpResponse:
    """A station's public face, a closed one's too: old contracts lead here."""
    found = get_object_or_404(StationListing.objects.select_related("region"), ref=ref)
    return page(request, "directory/station.html", "directory/station.html", {"station": found})
