"""How allauth behaves in this house: no open sign-up; sign-in only where one has a role."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.userkit import get_user_by_username
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in import devices, guessing, sign_ins
from audit import log
from tenants.access import access_in
from tenants.running import current


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return who has this password and a role on this host.

        A right password where the person has no role is answered, counted and timed as a wrong one: otherwise any other
        agency's page would tell which passwords are right.

        :raises TooOften: after too many wrong ones.
        """
        username, place = str(credentials.get("username") or ""), current()
        right = guessing.begin(request, username, guessing.PASSWORD)
        known = get_user_by_username(username)
        has_role = bool(known and access_in(known, place.slug if place else "").roles)
        found = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if not has_role or not isinstance(found, User):
            _write_failure(known, "no role here" if isinstance(found, User) else "wrong password")
            return None
        right()
        return found

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase:
        """Let the browser be known again, now that everything that is asked for was right."""
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sign_ins.note(request, user, _host())
        log.write("accounts.signed_in", on=user, by=user, host=_host())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        log.write("accounts.sign_in.failed", on=user, by=None, host=_host(), why="closed")
        raise ValidationError(_("这个账号已停用。"))


def _write_failure(user: User | None, why: str) -> None:
    """Write down a failed sign-in; of a name nobody has, only that it was tried: it may be a password itself."""
    log.write("accounts.sign_in.failed", on=user or User(ref=""), by=None, host=_host(), why=why)


def _host() -> str:
    place = current()
    return place.slug if place else ""
