"""The list of events, webhook endpoints, and test clocks (all of them move the one clock there is)."""

from typing import Any

from stripe import params
from stripe.params import test_helpers

from tests.fakes.stripe.books import Books, Object, shown
from tests.fakes.stripe.routes import route


@route("GET", "/v1/events", params.EventListParams)
def events(books: Books, said: dict[str, Any]) -> Object:
    kinds = said.get("types") or ([said["type"]] if "type" in said else None)
    oldest = books.now - 30 * 86400
    rows = [
        each for each in books.all("event") if each["created"] >= oldest and (kinds is None or each["type"] in kinds)
    ]
    return books.page(rows, said, "/v1/events")


@route("GET", "/v1/events/{id}", params.EventRetrieveParams)
def event(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("event", id))


@route("POST", "/v1/webhook_endpoints", params.WebhookEndpointCreateParams)
def create_endpoint(books: Books, said: dict[str, Any]) -> Object:
    made = books.new(
        "webhook_endpoint", "we", url=said["url"], enabled_events=said["enabled_events"], status="enabled",
        metadata=said.get("metadata") or {}, secret="whsec_of_the_stand_in",
    )  # fmt: skip
    return shown(made)


@route("POST", "/v1/test_helpers/test_clocks", test_helpers.TestClockCreateParams)
def create_clock(books: Books, said: dict[str, Any]) -> Object:
    books.now = max(books.now, said["frozen_time"])
    made = books.new(
        "test_helpers.test_clock", "clock", frozen_time=said["frozen_time"], name=said.get("name"), status="ready"
    )
    return shown(made)


@route("GET", "/v1/test_helpers/test_clocks/{id}", test_helpers.TestClockRetrieveParams)
def clock(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("test_helpers.test_clock", id))


@route("POST", "/v1/test_helpers/test_clocks/{id}/advance", test_helpers.TestClockAdvanceParams)
def advance_clock(books: Books, said: dict[str, Any], id: str) -> Object:
    from tests.fakes.stripe.clock import move_to

    found = books.get("test_helpers.test_clock", id)
    move_to(books, said["frozen_time"])
    found["frozen_time"] = said["frozen_time"]
    return shown(found)


@route("DELETE", "/v1/test_helpers/test_clocks/{id}", test_helpers.TestClockDeleteParams)
def delete_clock(books: Books, said: dict[str, Any], id: str) -> Object:
    books.get("test_helpers.test_clock", id)
    del books.objects[id]
    return {"id": id, "object": "test_helpers.test_clock", "deleted": True}
