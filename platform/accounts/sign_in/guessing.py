"""Guessing passwords and codes: slow for strangers on all hosts together, never in the way of the owner for long.

A try counts before it is looked at and is given back when it was right. What counts is the name that was typed, whether
there is such an account or not, so that the answers tell nothing; and the address, for who tries many names. A browser
that signed in before (devices.py) has counters of its own, and a passkey is no guess at all.
"""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from accounts.sign_in import devices, rates
from accounts.sign_in.rates import Limit, TooOften

QUARTER: Final = 15 * 60
PASSWORD: Final = (Limit("password", 5, QUARTER),)
CODE: Final = (Limit("code", 5, QUARTER), Limit("code.day", 30, 86400))  # whoever guesses these has the password
ADDRESS: Final = Limit("address", 20, 5 * 60)


def begin(request: HttpRequest, username: str, limits: tuple[Limit, ...]) -> Callable[[], None]:
    """Count one guess at what `username` holds; return the act that gives it back once it was right.

    :raises TooOften: where there were too many before, whatever was typed now.
    """
    account, device = username.strip().casefold(), devices.known(request, username.strip())
    keys = [(limit, f"{account}|{device}") for limit in limits]
    visitor = rates.address(request)
    if visitor and not device:
        keys.insert(0, (ADDRESS, visitor))
    for limit, key in keys:
        if wait := limit.take(key):
            raise TooOften(wait)

    def give_back() -> None:
        for limit, key in keys:
            limit.give_back(key)

    return give_back
