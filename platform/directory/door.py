"""What the workrooms and the upper floors may ask of the directory, and how a station is put on public view."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from common.refusals import Refused
from directory import models, queries
from directory.fields import RegionField as RegionField
from tenants.running import current


class UnknownRegion(Refused):
    """No division has this code."""


@dataclass(frozen=True)
class Region:
    """A division: level 1 province, 2 city, 3 district, 4 street; `full_name` runs from the province down."""

    code: str
    name: str
    full_name: str
    level: int
    parent: str


# Divisions are loaded with a release, and a release starts its processes anew: what was read once is remembered.
_met: dict[str, Region] = {}
_under: dict[tuple[str, ...], list[Region]] = {}


@dataclass(frozen=True)
class Station:
    """A station as the public sees it. `level` is hub, cluster, station or room; `label` what it is called."""

    ref: str
    tenant: str
    code: str
    name: str
    level: str
    label: str
    region: str
    region_name: str
    address: str
    opened_on: dt.date
    closed_on: dt.date | None
    agency: str


def region(code: str) -> Region:
    """Return a division.

    :raises UnknownRegion: if there is none with this code.
    """
    found = models.Region.objects.filter(code=code).first()
    if found is None:
        raise UnknownRegion(_("没有这个区划代码：%(code)s") % {"code": code})
    return _region(found)


def regions(codes: Iterable[str]) -> dict[str, Region]:
    """Return the known ones of `codes`, by code: one query for those this process has not met yet."""
    asked = set(codes)
    if new := asked - _met.keys():
        _met.update({found.code: _region(found) for found in models.Region.objects.filter(code__in=new)})
    return {code: _met[code] for code in asked if code in _met}


def search_regions(words: str, *, level: int | None = None, parent: str | None = None, limit: int = 20) -> list[Region]:
    """Return divisions by name, full pinyin or initials: an exact name first, then higher levels first."""
    return [_region(each) for each in queries.named(words, level=level, parent=parent or "")[:limit]]


def full_name(code: str) -> str:
    """Return a division's name from the province down, or '' for an unknown code."""
    return models.Region.objects.filter(code=code).values_list("full_name", flat=True).first() or ""


def districts(prefixes: Iterable[str]) -> list[Region]:
    """Return the counties and districts under these division-code prefixes; none under no prefix."""
    return [found for found in below(prefixes) if found.level == models.Region.Level.DISTRICT]


def below(prefixes: Iterable[str]) -> list[Region]:
    """Return the districts, streets and towns under these division-code prefixes, by code; none under no prefix.

    One query the first time this process asks.
    """
    asked = tuple(sorted(set(prefixes)))
    if asked not in _under:
        under = Q(pk__in=[])
        for prefix in asked:
            under |= Q(code__startswith=prefix)
        levels = (models.Region.Level.DISTRICT, models.Region.Level.STREET)
        found = models.Region.objects.filter(under, level__in=levels).order_by("code")
        if not (rows := [_region(each) for each in found]):
            return []
        _under[asked] = rows
    return list(_under[asked])


def list_station(
    *,
    tenant: str,
    code: str,
    name: str,
    level: str,
    label: str,
    region: str,
    address: str,
    opened_on: dt.date,
    closed_on: dt.date | None = None,
    agency: str,
    ref: str = "",
    phone: str = "",
    hours: str = "",
    services: str = "",
) -> None:
    """Show a station to the public, or bring what is shown up to date. One row per tenant and code.

    :param ref: the station's own ref, so that it is one and the same on both floors; a new one if left out.

    :raises UnknownRegion: if no division has the code `region`.
    :raises ValueError: when standing in another agency than `tenant`.
    """
    _refuse_strangers(tenant)
    if not models.Region.objects.filter(code=region).exists():
        raise UnknownRegion(_("没有这个区划代码：%(code)s") % {"code": region})
    models.StationListing.objects.update_or_create(
        tenant=tenant,
        code=code,
        defaults={
            "name": name,
            "level": level,
            "label": label,
            "region_id": region,
            "address": address,
            "opened_on": opened_on,
            "closed_on": closed_on,
            "agency": agency,
            "phone": phone,
            "hours": hours,
            "services": services,
            **({"ref": ref} if ref else {}),
        },
    )


def public_station(ref: str) -> Station | None:
    """Return a station that stands open on public view; None for a closed one, or of an agency not confirmed."""
    found = models.StationListing.objects.open().public().select_related("region").filter(ref=ref).first()
    return _station(found) if found else None


def show_people(*, tenant: str, code: str, people: Mapping[str, int]) -> None:
    """Show how many people of each post work at a listed station; their names never. Unknown codes change nothing."""
    _refuse_strangers(tenant)
    models.StationListing.objects.filter(tenant=tenant, code=code).update(people=dict(people))


def delist_station(*, tenant: str, code: str, closed_on: dt.date) -> None:
    """Take a station off public view on a day; its row stays for old contracts. Unknown codes change nothing."""
    _refuse_strangers(tenant)
    models.StationListing.objects.filter(tenant=tenant, code=code).update(closed_on=closed_on)


def delist_agency(*, tenant: str, closed_on: dt.date) -> int:
    """Close the listings of an agency that has left; return how many stood open. Twice is once."""
    standing = models.StationListing.objects.filter(tenant=tenant, closed_on=None)
    return standing.update(closed_on=Greatest(F("opened_on"), Value(closed_on)))


def stations(*, tenant: str = "", codes: Sequence[str] | None = None, area: str = "") -> list[Station]:
    """Return listed stations, closed ones too: of one agency, with these codes, under a division-code prefix."""
    found = models.StationListing.objects.select_related("region")
    if tenant:
        found = found.filter(tenant=tenant)
    if codes is not None:
        found = found.filter(code__in=codes)
    if area:
        found = found.within(area)
    return [_station(each) for each in found.order_by("region_id", "level", "code")]


def open_stations_of(tenants: Sequence[str], *, on: dt.date) -> dict[str, int]:
    """Return how many stations (hubs, clusters and stations; no rooms) each of these agencies runs on a day."""
    found = models.StationListing.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on), tenant__in=tenants)
    return dict(
        found.exclude(level=models.StationListing.Level.ROOM).values_list("tenant").annotate(n=Count("pk")).order_by()
    )


def _refuse_strangers(tenant: str) -> None:
    place = current()
    if place and not place.is_public and place.slug != tenant:
        raise ValueError(f"{place.slug} may not list a station of {tenant}")


def _region(found: models.Region) -> Region:
    return Region(found.code, found.name, found.full_name, found.level, found.parent)


def _station(found: models.StationListing) -> Station:
    return Station(
        found.ref, found.tenant, found.code, found.name, found.level, found.label, found.region_id,
        found.region.full_name, found.address, found.opened_on, found.closed_on, found.agency,
    )  # fmt: skip
