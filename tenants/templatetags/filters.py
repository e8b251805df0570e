"""The saved filters of a list, for its filter bar."""

from dataclasses import dataclass

from django import template

from accounts.access import access_of
from accounts.models import User
from common.pages.listing import Listing
from saved_filters.actions import saved_filters

register = template.Library()


@dataclass(frozen=True)
class Chip:
    """A saved filter above its list; `is_current` when the list shows just that."""

    ref: str
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Saved:
    """One's filters of a list at the URL name `page`; `query` is what saving now would keep, '' for nothing new."""

    page: str
    chips: list[Chip]
    query: str


@register.simple_tag
def filters_of(listing: Listing) -> Saved:
    """Return what the person looking has saved of this list; nothing for strangers."""
    request = listing.request
    match = request.resolver_match
    if match is None or match.kwargs or not isinstance(request.user, User) or not access_of(request).roles:
        return Saved("", [], "")
    now = listing.criteria
    chips = [
        Chip(kept.ref, kept.name, f"{listing.path}?{kept.query}", kept.query == now)
        for kept in saved_filters(page=match.view_name, of=request.user)
    ]
    return Saved(match.view_name, chips, "" if any(chip.is_current for chip in chips) else now)
