"""What the rest of the house may ask about policy. Everything here is read from files; nothing touches the database."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from programmes.loading import DATA, load_all
from programmes.shapes import Programme as Programme
from programmes.shapes import Provision as Provision
from programmes.shapes import StaffingRule as StaffingRule


class UnknownProgramme(LookupError):
    """No programme has this key, or none of its editions this digest."""


def roots() -> tuple[Path, ...]:
    """Return the folders that hold programmes: ours, and those a deployment names in PROGRAMME_ROOTS."""
    return (DATA, *(Path(root) for root in settings.PROGRAMME_ROOTS))


@lru_cache(maxsize=4)
def _catalogue(places: tuple[Path, ...]) -> tuple[Programme, ...]:
    return load_all(places)


def editions(key: str = "") -> tuple[Programme, ...]:
    """Return every edition, or those of one key, newest first."""
    return tuple(one for one in _catalogue(roots()) if key in ("", one.key))


def programmes(kind: str = "evaluation") -> tuple[Programme, ...]:
    """Return the newest edition of every programme of a kind, ordered by region and key."""
    newest: dict[str, Programme] = {}
    for one in editions():
        if one.kind == kind:
            newest.setdefault(one.key, one)
    return tuple(sorted(newest.values(), key=lambda one: (one.region, one.key)))


def programme(key: str, digest: str = "") -> Programme:
    """Return the edition with this digest, or without one the newest edition of `key`.

    :raises UnknownProgramme: if there is none.
    """
    for one in editions(key):
        if key and digest in ("", one.digest):
            return one
    raise UnknownProgramme(f"{key} {digest[:12]}".strip())


def programme_on(key: str, day: date) -> Programme:
    """Return the edition of `key` that is valid on `day`.

    :raises UnknownProgramme: if none is.
    """
    for one in editions(key):
        if key and one.valid_from <= day <= one.valid_to:
            return one
    raise UnknownProgramme(f"{key} {day}")
