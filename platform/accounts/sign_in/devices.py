"""A browser that somebody signed in with before is known again: its tries are counted apart from strangers'.

So whoever guesses at an account from outside can only shut out strangers, for some minutes, and never the owner at the
desk (OWASP, "device cookies"). The cookie opens nothing: password and second factor are asked for as ever.
"""

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import get_random_string

from accounts.models import User

DAYS: Final = 365
SALT: Final = "accounts.device"


def known(request: HttpRequest, username: str) -> str:
    """Return the name of the visitor's browser if it was signed in as `username` before, else ''."""
    ref, device = _read(request)
    return device if ref and User.objects.filter(ref=ref, username__iexact=username).exists() else ""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let the browser that has just signed in be known for a year from now."""
    ref, device = _read(request)
    if ref != user.ref:
        device = get_random_string(16)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, signing.TimestampSigner(salt=SALT).sign(f"{user.ref}.{device}"),
        max_age=DAYS * 86400, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _read(request: HttpRequest) -> tuple[str, str]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        ref, _dot, device = signing.TimestampSigner(salt=SALT).unsign(cookie, max_age=DAYS * 86400).partition(".")
    except signing.BadSignature:
        return "", ""
    return ref, device
