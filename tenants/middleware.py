"""Host = audience: the exact Host header decides where a request stands, before anything else runs."""

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from accounts.access import NOBODY
from accounts.sign_in import sign_ins
from tenants.access import access_in
from tenants.models import Domain, Tenant
from tenants.places import PUBLIC, Place
from tenants.running import current, in_public, standing_at

GetResponse = Callable[[HttpRequest], HttpResponseBase]
HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?")
REMEMBER_SECONDS = 5.0
SEAL = "_host_of"


@dataclass(frozen=True)
class Found:
    """What a host leads to: a place and the agency's state, or nothing."""

    place: Place | None
    name: str = ""
    state: str = Tenant.State.ACTIVE
    reason: str = ""
    delete_after: dt.date | None = None


class HostMiddleware:
    """Stand where the Host says for the length of the request. Unknown host: 404 and no agency's code has run."""

    known: dict[str, tuple[float, Found]] = {}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = self.look_up(request.META.get("HTTP_HOST", ""))
        if found.place is None:
            return HttpResponse("没有这个网址。 No such site.", status=404, content_type="text/plain; charset=utf-8")
        request.tenant_name = found.name  # type: ignore[attr-defined]
        request.delete_after = found.delete_after  # type: ignore[attr-defined]
        with standing_at(found.place):
            if found.place.is_public:
                request.urlconf = "config.urls_public"
            else:
                request.urlconf = "config.urls_tenant"
                if found.state not in (Tenant.State.ACTIVE, Tenant.State.LEAVING) and not _is_static(request):
                    return _closed(request, found)
            return self.get_response(request)

    def look_up(self, header: str) -> Found:
        match = HOST.fullmatch(header.lower())
        if not match or len(header) > 260:
            return Found(None)
        host = match.group(1)
        if host in settings.SHARED_HOSTS:
            return Found(PUBLIC)
        remembered = self.known.get(host)
        if remembered and remembered[0] > time.monotonic():
            return remembered[1]
        with in_public():
            domain = Domain.objects.select_related("tenant").filter(host=host).first()
        if domain is None or domain.tenant.state in (Tenant.State.PROVISIONING, Tenant.State.DELETED):
            return Found(None)
        tenant = domain.tenant
        found = Found(tenant.place, tenant.name, tenant.state, tenant.state_reason, tenant.delete_after)
        if len(self.known) > 10_000:
            self.known.clear()
        self.known[host] = (time.monotonic() + REMEMBER_SECONDS, found)
        return found


def _is_static(request: HttpRequest) -> bool:
    """Tell whether a file that is the same for everybody is asked for: a closed agency's page needs its looks too."""
    return request.path_info.startswith(settings.STATIC_URL)


def _closed(request: HttpRequest, found: Found) -> HttpResponse:
    """Say that the agency's host is closed, why, and whom to ask."""
    context = {"state": Tenant.State(found.state), "reason": found.reason, "support": settings.SUPPORT}
    return render(request, "tenants/closed.html", context, status=503)


class SessionSealMiddleware:
    """A session lives on the host that began it: shown to another host, it is as if there were none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = current()
        here = place.schema if place else ""
        if not request.session.is_empty() and request.session.get(SEAL) != here:
            request.session = SessionStore()
        response = self.get_response(request)
        if request.session.modified and not request.session.is_empty():
            request.session[SEAL] = here
        return response


class AccessMiddleware:
    """Put the person's access on the request; a signed-in person without any role here counts as a stranger."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = current()
        slug = place.slug if place else ""
        request.access = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: access_in(request.user, slug) if request.user.is_authenticated else NOBODY
        )
        if request.user.is_authenticated and not request.access.roles:  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        elif request.user.is_authenticated:
            sign_ins.note(request, request.user, slug)
        return self.get_response(request)
