"""All that the stand-in knows, under one lock: objects by id, what happened, and a clock that can be moved."""

import copy
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.stripe.wrong import invalid, missing

ACCOUNT = "acct_1LiandongStandIn"
API_VERSION = "2026-10-28.endive"
NOUNS = {
    "in": "invoice", "sub": "subscription", "cus": "customer", "price": "price", "prod": "product", "ch": "charge",
    "py": "charge", "pi": "payment_intent", "pm": "payment_method", "re": "refund", "txn": "balance transaction",
    "cs": "checkout session", "promo": "promotion code", "evt": "event",
}  # fmt: skip

Object = dict[str, Any]


class Books:
    """State of one Stripe account. Objects are the dicts that are answered; names beginning with `_` stay inside."""

    def __init__(self, now: int | None = None, live: bool = False) -> None:
        self.lock = threading.RLock()
        self.now = now or int(time.time())
        self.live = live
        self.settles: tuple[str, float] = ("cny", 1)  # the currency the balance is kept in, and what a yuan is in it
        self.address = ""
        self.objects: dict[str, Object] = {}
        self.kept: dict[str, tuple[str, int, Object]] = {}  # idempotency key -> (request, status, answer)
        self.listeners: list[Callable[[Object], None]] = []
        self.order = 0

    def new(self, kind: str, prefix: str, *, id: str = "", **fields: Any) -> Object:
        """Make an object with what every object of Stripe's has."""
        made = {
            "id": id or f"{prefix}_{secrets.token_hex(12)}",
            "object": kind,
            "created": self.now,
            "livemode": self.live,
            **fields,
        }
        self.order += 1
        made["_order"] = self.order
        self.objects[made["id"]] = made
        return made

    def get(self, kind: str, name: str, status: int = 404) -> Object:
        """Return one object.

        :raises Wrong: resource_missing.
        """
        found = self.objects.get(name)
        if found is None or found["object"] != kind:
            raise missing(NOUNS.get(name.partition("_")[0], kind.replace(".", " ")), name, status)
        return found

    def all(self, kind: str, **same: Any) -> list[Object]:
        """Return the objects of a kind whose fields are `same`, newest first."""
        found = [
            each
            for each in self.objects.values()
            if each["object"] == kind and all(each.get(name) == value for name, value in same.items())
        ]
        return sorted(found, key=lambda each: each["_order"], reverse=True)

    def emit(self, kind: str, about: Object) -> Object:
        """Write down that something happened, with the object as it stood, and tell who listens."""
        event = self.new(
            "event", "evt", api_version=API_VERSION, type=kind, pending_webhooks=1,
            request={"id": None, "idempotency_key": None}, data={"object": shown(about)},
        )  # fmt: skip
        for listener in self.listeners:
            listener(event)
        return event

    def page(self, found: Iterable[Object], said: dict[str, Any], url: str) -> Object:
        """Return one page of a list: limit, starting_after, ending_before, created[…]."""
        rows = list(found)
        limit = said.get("limit", 10)
        if not 1 <= limit <= 100:
            raise invalid("This value must be between 1 and 100.", "limit", "parameter_invalid_integer")
        rows = [row for row in rows if _within(row.get("created", 0), said.get("created"))]
        ids = [row["id"] for row in rows]
        for name, cut in (("starting_after", 1), ("ending_before", 0)):
            if after := said.get(name):
                if after not in ids:
                    raise missing(NOUNS.get(after.partition("_")[0], "object"), after, 400)
                at = ids.index(after)
                rows = rows[at + 1 :] if cut else rows[:at]
        return {
            "object": "list",
            "url": url,
            "has_more": len(rows) > limit,
            "data": [shown(row) for row in rows[:limit]],
        }

    def expanded(self, answer: Object, paths: Iterable[str]) -> Object:
        """Put whole objects where `paths` name ids."""
        for path in paths:
            self._expand(answer, path.split("."))
        return answer

    def _expand(self, inside: Any, path: list[str]) -> None:
        if isinstance(inside, list):
            for each in inside:
                self._expand(each, path)
            return
        if not isinstance(inside, dict) or path[0] not in inside:
            return
        value = inside[path[0]]
        if isinstance(value, str) and value in self.objects:
            inside[path[0]] = value = shown(self.objects[value])
        if path[1:]:
            self._expand(value, path[1:])


def shown(found: Object) -> Object:
    """Return a copy without what stays inside."""
    return {name: copy.deepcopy(value) for name, value in found.items() if not name.startswith("_")}


def listed(rows: list[Object], url: str) -> Object:
    return {"object": "list", "data": rows, "has_more": False, "url": url, "total_count": len(rows)}


def _within(created: int, bounds: Any) -> bool:
    if bounds is None or isinstance(bounds, int):
        return bounds is None or created == bounds
    return (
        created >= bounds.get("gte", 0)
        and created > bounds.get("gt", -1)
        and created <= bounds.get("lte", 1 << 60)
        and created < bounds.get("lt", 1 << 60)
    )
