"""Which call leads where: the verbs of each noun are entered here by `@route`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.stripe.wrong import invalid

Verb = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    typed: Any
    do: Verb


ROUTES: list[Route] = []


def route(method: str, path: str, typed: Any) -> Callable[[Verb], Verb]:
    """Enter a verb: `path` with {names}, `typed` the SDK's TypedDict of its parameters."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def enter(do: Verb) -> Verb:
        ROUTES.append(Route(method, pattern, typed, do))
        return do

    return enter


def find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a call and the names in its path.

    :raises Wrong: where Stripe (or this stand-in) has no such address.
    """
    for each in ROUTES:
        if each.method == method and (match := each.pattern.fullmatch(path)):
            return each, match.groupdict()
    raise invalid(f"Unrecognized request URL ({method}: {path}).", status=404)
