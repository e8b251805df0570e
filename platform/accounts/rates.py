"""How often an address or a key may try something: a counter in the cache for each window of time."""

import time
from hashlib import sha256

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def too_often(request: HttpRequest, what: str, *, most: int, seconds: int, key: str = "") -> bool:
    """Count one more try of `what` by `key` (or by the visitor's address); tell whether that is more than `most`.

    Windows are fixed: at the border of two, twice as many pass. Behind proxies the address is what the first of our
    own saw (TRUSTED_PROXIES).
    """
    who = sha256((key or address(request)).encode()).hexdigest()[:32]
    name = f"rate:{what}:{int(time.time()) // seconds}:{who}"
    if cache.add(name, 1, seconds):
        return False
    try:
        return int(cache.incr(name)) > most
    except ValueError:  # let go of between the two
        return False


def address(request: HttpRequest) -> str:
    """Return the visitor's address as our own proxies tell it, '' where there is none (a socket)."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
