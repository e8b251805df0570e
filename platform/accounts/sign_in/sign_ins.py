"""Where somebody is signed in: seen by themselves, and ended by themselves.

A session knows its person only inside; so each has a row that says whose it is, from which browser, and when it was
last used. What ends is the session: the browser's next request finds none.
"""

import ipaddress
import re
import time
from typing import Final

from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.models import SignIn, User
from accounts.sign_in.rates import address

NOTED_EVERY: Final = 5 * 60  # seconds
MOST_NOTED: Final = 10_000
# The first that is found counts: browsers also name those that they are like.
BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"), ("DingTalk/", "DingTalk"), ("Edg", "Edge"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip

_noted: dict[str, float] = {}


def note(request: HttpRequest, user: User, host: str) -> None:
    """Note that the session is used: at once when it is new to this process, then every five minutes.

    A page is shown even where this cannot be written: a full disk refuses writes while reads go on.
    """
    key = request.session.session_key
    now = time.monotonic()
    if not key or _noted.get(key, 0.0) > now:
        return
    if len(_noted) > MOST_NOTED:
        _noted.clear()
    _noted[key] = now + NOTED_EVERY
    seen = SignIn(
        user=user, session_key=key, host=host, device=device_of(request.headers.get("User-Agent", "")),
        address=masked(address(request)), used_at=Now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            SignIn.objects.bulk_create(
                [seen], update_conflicts=True, unique_fields=["session_key"],
                update_fields=["device", "address", "used_at"],
            )  # fmt: skip
    except DatabaseError:
        _noted.pop(key, None)


def of(user: User) -> "QuerySet[SignIn]":
    """Return where the person is signed in, the last used first."""
    living = Session.objects.filter(expire_date__gt=Now()).values("session_key")
    return SignIn.objects.filter(user=user, session_key__in=living)


def end(sign_ins: "QuerySet[SignIn]") -> int:
    """End these sessions; return how many there were."""
    keys = list(sign_ins.values_list("session_key", flat=True))
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_others(user: User, key: str | None = None) -> int:
    """End all of a person's sessions but the one called `key`; return how many there were."""
    return end(of(user).exclude(session_key=key or ""))


def forget_ended() -> int:
    """Delete the rows of sessions that are no more; return how many."""
    return SignIn.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def device_of(agent: str) -> str:
    """Return browser and system in a word each, as far as the browser says: "Chrome · Windows", or ''."""
    parts = [next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, parts))


def masked(ip: str) -> str:
    """Return an address without what tells one machine from its neighbours: 203.0.113.*, 2001:db8:1::*, or ''."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if address.version == 4:
        return re.sub(r"\d+$", "*", str(address))
    network = ipaddress.ip_network(f"{address}/48", strict=False)
    return f"{network.network_address}*"
