"""Who calls the API: a token of this host, or the browser's session with its CSRF token."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.functions import Now
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.access import access_of
from accounts.models import ApiToken, User
from tenants.access import access_in, is_emergency
from tenants.running import current

if TYPE_CHECKING:
    from rest_framework.views import APIView

LIFETIME = timedelta(days=30)


def issue_token(user: User, now: datetime) -> tuple[str, ApiToken]:
    """Return a new token for the host we are on, and its row. The token itself is shown once and not kept."""
    token = secrets.token_urlsafe(32)
    row = ApiToken.objects.create(user=user, tenant=here(), digest=digest(token), expires_at=now + LIFETIME)
    return token, row


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def here() -> str:
    place = current()
    return place.slug if place else ""


class HostTokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`. A token works on the host that issued it, while its owner has a role there."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "token":
            return None
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest(token.strip()), tenant=here(), expires_at__gt=Now(), user__is_active=True)
            .first()
        )
        if row is None:
            raise AuthenticationFailed("令牌无效或已过期。")
        found = access_in(row.user, here())
        if not found.roles or is_emergency(found):
            raise AuthenticationFailed("令牌无效或已过期。")
        request._request.access = found  # type: ignore[attr-defined]
        request._request.user = row.user
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class BrowserSession(SessionAuthentication):
    """The signed-in browser, with CSRF."""


class Granted(BasePermission):
    """A view says `permission = Permission.X`, a dict of method -> Permission, or None for anyone.

    HEAD asks for what GET asks for. What a view has no handler for goes through to its 405; a method that it does
    not speak of is refused.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not hasattr(view, method.lower()):
            return True
        needed: Any = getattr(view, "permission", NotImplemented)
        if isinstance(needed, dict):
            needed = needed.get(method, needed.get("*", NotImplemented))
        if needed is None:
            return True
        if needed is NotImplemented:
            return False
        return bool(request.user.is_authenticated and access_of(request._request).can(needed))


class BrowserSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api_access.authentication.BrowserSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        name = settings.SESSION_COOKIE_NAME
        return {"type": "apiKey", "in": "cookie", "name": name, "description": "the browser, with X-CSRFToken"}


class HostTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api_access.authentication.HostTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}
