"""How allauth behaves in this house: no open sign-up; sign-in only where one has a role."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from tenants.access import standing_of
from tenants.running import current


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Sign in, unless the person has no role on this host.

        :raises ValidationError: with the sentence shown in the form.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user and not standing_of(user, _host()).roles:
            log.write("accounts.sign_in.failed", on=user, by=user, host=_host(), why="no role here")
            raise ValidationError(_("您在这个网址没有角色。请检查网址，或联系本机构的负责人。"))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down a wrong password; of a name nobody has, only that it was tried: it may be a password itself."""
        tried = User.objects.filter(username__iexact=str(credentials.get("username", ""))).first()
        log.write("accounts.sign_in.failed", on=tried or User(ref=""), by=None, host=_host(), why="wrong password")

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        log.write("accounts.signed_in", on=user, by=user, host=_host())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        log.write("accounts.sign_in.failed", on=user, by=None, host=_host(), why="closed")
        raise ValidationError(_("这个账号已停用。"))


def _host() -> str:
    place = current()
    return place.slug if place else ""
