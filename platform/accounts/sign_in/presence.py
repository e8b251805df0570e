"""Whether the person of a session is still the one who proved it with a second factor.

The rule for directors, officers and operators (outside the demo): after 15 minutes without a request, or from an
address that the session was not proved at, the second factor is asked for again. The session and what stands in the
browser's open forms stay. A stolen cookie is of no use elsewhere; an open screen is of no use for long.
"""

import time
from typing import Final

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core.internal.ratelimit import truncate_ip
from django.http import HttpRequest

from accounts.sign_in.rates import address

IDLE_SECONDS: Final = 15 * 60
NOTED_EVERY: Final = 60
ADDRESSES: Final = 5  # of one session: a phone on the way, and a desk with two ways out
KEY: Final = "present"


def proofs(request: HttpRequest) -> int:
    """Return how often this session was proved with a second factor."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return sum(record.get("method") == "mfa" for record in records)


def proved(request: HttpRequest) -> None:
    """Note that the person has just proved the session, from where they are."""
    proof = request.session.get(KEY) or {"from": []}
    addresses = [address for address in proof["from"] if address != _here(request)][1 - ADDRESSES :]
    request.session[KEY] = {"at": time.time(), "from": [*addresses, _here(request)]}


def is_proved(request: HttpRequest) -> bool:
    """Tell whether the session holds without another proof, and note that somebody is there."""
    proof, now = request.session.get(KEY), time.time()
    if not proof or now - proof["at"] > IDLE_SECONDS or _here(request) not in proof["from"]:
        return False
    if now - proof["at"] > NOTED_EVERY:
        request.session[KEY] = {**proof, "at": now}
    return True


def _here(request: HttpRequest) -> str:
    return str(truncate_ip(address(request)))
