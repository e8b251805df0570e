"""What is asked about places and stations."""

from typing import Any

from django.db.models import Count, Value
from django.db.models.functions import Concat, Left

from directory.models import Region, RegionQuerySet, StationListing, StationQuerySet

MOST_PLACES = 12


def regions(*, words: str = "", parent: str = "", level: int | None = None) -> RegionQuerySet:
    """Return divisions by name, pinyin or initials, by parent and by level, higher levels first.

    Words that are no single division's name are tried against the full name ("历下区千佛山").
    """
    found = Region.objects.all()
    if parent:
        found = found.below(parent)
    if level:
        found = found.filter(level=level)
    if words := "".join(words.split()):
        matching = found.matching(words)
        found = matching if words.isascii() or matching.exists() else found.filter(full_name__contains=words)
    return found.order_by("level", "code")


def open_stations(words: str = "") -> StationQuerySet:
    """Return the stations open to the public that answer to a place, a street, an agency or pinyin."""
    found = StationListing.objects.open().select_related("region")
    if words := "".join(words.split()):
        found = found.matching(words)
    return found.order_by("region_id", "level", "code")


def places_served() -> list[dict[str, Any]]:
    """Return each city with open stations: code, name, and how many there are of them."""
    rows = (
        StationListing.objects.open()
        .annotate(city=Concat(Left("region_id", 4), Value("00")))
        .values("city")
        .annotate(count=Count("id"))
        .order_by("-count", "city")[:MOST_PLACES]
    )
    names = dict(Region.objects.filter(code__in=[row["city"] for row in rows]).values_list("code", "name"))
    return [{"code": row["city"], "name": names.get(row["city"], ""), "count": row["count"]} for row in rows]
