"""What is asked about places and stations."""

from typing import Any

from django.db.models import Case, Count, When
from django.db.models.functions import Left

from directory.models import Region, RegionQuerySet, StationListing, StationQuerySet

MOST_PLACES = 24


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
    found = StationListing.objects.open().public().select_related("region")
    if words := "".join(words.split()):
        found = found.matching(words)
    return found.order_by("region_id", "level", "code")


def places_served() -> list[dict[str, Any]]:
    """Return the districts with the most open stations: code, name, city's name, and how many stations."""
    rows = (
        StationListing.objects.open()
        .public()
        .annotate(district=Left("region_id", 6))
        .values("district")
        .annotate(count=Count("id"))
        .order_by("-count", "district")[:MOST_PLACES]
    )
    names = dict(Region.objects.filter(code__in=[row["district"] for row in rows]).values_list("code", "name"))
    return [{"name": names.get(row["district"], row["district"]), "count": row["count"]} for row in rows]


def coverage() -> dict[str, int]:
    """Return how many stations are open, of how many agencies, in how many streets and towns."""
    found: dict[str, int] = (
        StationListing.objects.open()
        .public()
        .aggregate(
            stations=Count("id"), agencies=Count("tenant", distinct=True), streets=Count("region", distinct=True)
        )
    )
    return found


def named(words: str, *, level: int | None = None, parent: str = "") -> RegionQuerySet:
    """Return divisions by name, full pinyin or initials: an exact name first, then higher levels first."""
    exact = Case(When(name=words.strip(), then=0), default=1)
    return regions(words=words, level=level, parent=parent).order_by(exact, "level", "code")
