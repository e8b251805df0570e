"""A list is asked for its file without a browser, just as its page would answer this very person now.

The page's own view runs, with its permission, the sites in reach, the filter of the address and its masks: the worker
knows no list by name, and what a person may not see on the page stands in no file.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from common.pages.list_sheet import Sheet
from common.refusals import Refused
from tenants.access import access_in
from tenants.running import current

LONGEST_ADDRESS = 4000


class NotOpen(Refused):
    """The address leads to no list that this person may export here, or may no more."""

    status = 403


def sheet_of(user: User, address: str, refusal: str) -> Sheet:
    """Return what the list at `address` (path and query) would export for `user`.

    :raises NotOpen: with `refusal`, if there is no such list on this host or it is not open to the person.
    """
    sheets: list[Sheet] = []

    def keep(sheet: Sheet) -> HttpResponse:
        sheets.append(sheet)
        return HttpResponse()

    try:
        request = _request(user, address)
        request.takes_sheet = keep  # type: ignore[attr-defined]  # read by common/pages/list_sheet.py
        match = resolve(request.path_info, urlconf=request.urlconf)
        match.func(request, *match.args, **match.kwargs)
    except (Http404, PermissionDenied):
        raise NotOpen(refusal) from None
    if not sheets:
        raise NotOpen(refusal)
    return sheets[0]


def _request(user: User, address: str) -> HttpRequest:
    place = current()
    slug = place.slug if place else ""
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
    except ValueError:
        raise Http404 from None
    if parts.scheme or parts.netloc:
        raise Http404
    request = HttpRequest()
    request.method = "GET"
    request.META.update({"SERVER_NAME": settings.BASE_HOST, "SERVER_PORT": "443"})
    request.path = request.path_info = parts.path
    request.GET = QueryDict(parts.query)
    request.user = user
    request.session = SessionStore()  # empty and never kept; pages that are no list may look into it
    request.urlconf = "config.urls_tenant" if slug else "config.urls_public"
    request.access = access_in(user, slug)  # type: ignore[attr-defined]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request
