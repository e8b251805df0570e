"""What the person of this request may do on this host."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles import BY_SLUG

Params = ParamSpec("Params")


@dataclass(frozen=True)
class Access:
    """The roles a signed-in person has on one host, and the areas an officer's roles reach.

    `areas` are division codes; a code reaches every division that starts with it once trailing zeros are cut
    ("370000" a province, "370100" a city, "370102" a district). `tenant` is the agency's slug, or None on the
    shared floor.
    """

    tenant: str | None = None
    roles: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ()
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        granted = frozenset().union(*(BY_SLUG[slug].permissions for slug in self.roles if slug in BY_SLUG))
        object.__setattr__(self, "permissions", granted)

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def area_prefixes(self) -> tuple[str, ...]:
        """Division-code prefixes in reach: "3701" for the city 370100, "370102" for a district."""
        return tuple(area_prefix(code) for code in self.areas)

    @property
    def needs_mfa(self) -> bool:
        return any(BY_SLUG[slug].needs_mfa for slug in self.roles if slug in BY_SLUG)


def area_prefix(code: str) -> str:
    """Return the part of a division code that its subdivisions share.

    370000 -> 37, 370100 -> 3701, 370102 -> 370102, 370102001 (a street) stays whole.
    """
    if len(code) > 6:
        return code
    while code.endswith("00"):
        code = code[:-2]
    return code


NOBODY = Access()


class MemberRequest(HttpRequest):
    """A signed-in person's request, as `allow` and `signed_in` hand it to a page. It is a type only: nothing is made.

    `tenant_name` is the agency's name.
    """

    user: User
    access: Access
    tenant_name: str


Page = Callable[Concatenate[MemberRequest, Params], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


def access_of(request: HttpRequest) -> Access:
    """Return what the host middleware put on the request; nobody's if there is none."""
    return getattr(request, "access", NOBODY)


def can(request: HttpRequest, permission: Permission) -> bool:
    return request.user.is_authenticated and access_of(request).can(permission)


def require(request: HttpRequest, permission: Permission) -> None:
    """Let the act go on, or stop it.

    :raises PermissionDenied: (403) if the signed-in person lacks the permission.
    """
    if not can(request, permission):
        raise PermissionDenied


def allow(permission: Permission) -> Callable[[Page[Params]], View[Params]]:
    """Guard a view: strangers are sent to sign in, members without `permission` get 403."""

    def guard(view: Page[Params]) -> View[Params]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require(request, permission)
            return view(cast(MemberRequest, request), *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the permission matrix test
        return guarded

    return guard


def signed_in(view: Page[Params]) -> View[Params]:
    """Guard a view that every signed-in member of the host may open."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not access_of(request).roles:
            raise PermissionDenied
        return view(cast(MemberRequest, request), *args, **kwargs)

    return guarded
