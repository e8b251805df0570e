"""Subscriptions: begun, on trial, renewed, changed with proration, past due, recovered, ended."""

import calendar
import datetime as dt
from typing import Any

from stripe import params

from tests.fakes.stripe import catalogue, customers, invoices, paying
from tests.fakes.stripe.books import Books, Object, listed, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import invalid

ENDED = ("canceled", "incomplete_expired")


def after(start: int, interval: str) -> int:
    """Return the end of the period that begins at `start`."""
    at = dt.datetime.fromtimestamp(start, dt.UTC)
    months = 12 if interval == "year" else 1
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def begin(
    books: Books, customer: Object, said: dict[str, Any], paid_with: Object | None, strict: bool = False
) -> Object:
    """Make a subscription and its first invoice.

    :raises Wrong: a declined card where `strict` (Checkout, error_if_incomplete): then nothing is left.
    """
    prices = [_price(books, item) for item in said["items"]]
    interval = prices[0]["recurring"]["interval"]
    trial_end = said.get("trial_end") or (
        books.now + said["trial_period_days"] * 86400 if said.get("trial_period_days") else None
    )
    if trial_end == "now" or (trial_end and trial_end <= books.now):
        trial_end = None
    ends = trial_end or after(books.now, interval)
    made = books.new(
        "subscription", "sub", customer=customer["id"], status="trialing" if trial_end else "incomplete",
        currency="cny",
        cancel_at=None, cancel_at_period_end=said.get("cancel_at_period_end", False), canceled_at=None, ended_at=None,
        billing_cycle_anchor=ends if trial_end else books.now, collection_method="charge_automatically", schedule=None,
        days_until_due=None, default_payment_method=said.get("default_payment_method"), description=None,
        discounts=[],
        latest_invoice=None, metadata=dict(said.get("metadata") or {}), pending_setup_intent=None, pending_update=None,
        start_date=books.now, trial_start=books.now if trial_end else None, trial_end=trial_end, pause_collection=None,
        trial_settings=said.get("trial_settings", {"end_behavior": {"missing_payment_method": "create_invoice"}}),
        cancellation_details={"comment": None, "feedback": None, "reason": None}, _warned=False, _coupon=None,
        items=listed([], ""),
    )  # fmt: skip
    for discount in said.get("discounts") or []:
        made["_coupon"] = catalogue.redeem(books, discount)
        made["_coupon_from"] = books.now
    for item, price in zip(said["items"], prices, strict=True):
        made["items"]["data"].append(_item(books, made, price, item.get("quantity", 1), books.now, ends))
    lines = [] if trial_end else _lines(made)
    first = invoices.draft(books, customer, lines, "subscription_create", made, coupon=made["_coupon"])
    made["latest_invoice"] = first["id"]
    charge = invoices.collect(books, first, paid_with)
    if charge and not charge["paid"] and strict:
        del books.objects[made["id"]], books.objects[first["id"]]
        raise paying.decline_of(charge)
    if first["status"] == "paid" and not trial_end:
        made["status"] = "active"
    books.emit("customer.subscription.created", made)
    return made


def _price(books: Books, item: dict[str, Any]) -> Object:
    if item.get("quantity", 1) < 0:
        raise invalid("This value must be greater than or equal to 0.", "items[quantity]", "parameter_invalid_integer")
    price = books.get("price", item.get("price", ""), 400)
    if price["type"] != "recurring":
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
    return price


def _item(books: Books, held: Object, price: Object, quantity: int, starts: int, ends: int) -> Object:
    return books.new(
        "subscription_item", "si", subscription=held["id"], price=shown(price), quantity=quantity, metadata={},
        current_period_start=starts, current_period_end=ends, discounts=[], tax_rates=[], billing_thresholds=None,
    )  # fmt: skip


def _lines(held: Object) -> list[Object]:
    return [
        invoices.line(
            item["price"]["unit_amount"] * item["quantity"],
            f"{item['quantity']} × {item['price']['product']}",
            (item["current_period_start"], item["current_period_end"]),
            item["price"], quantity=item["quantity"], subscription=held["id"], item=item["id"],
        )
        for item in held["items"]["data"]
    ]  # fmt: skip


def paid_with(books: Books, held: Object | None, customer: str) -> Object | None:
    """Return the card a renewal is taken from: the subscription's own, or the customer's."""
    settings = books.get("customer", customer)["invoice_settings"]
    name = (held or {}).get("default_payment_method") or settings["default_payment_method"]
    return books.objects.get(name) if name else None


def period_of(held: Object) -> tuple[int, int]:
    item = held["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def renew(books: Books, held: Object) -> None:
    """Begin the next period (or the first after the trial) and ask for its money."""
    if held["cancel_at_period_end"]:
        end(books, held)
        return
    was_trial = held["status"] == "trialing"
    starts = period_of(held)[1]
    for item in held["items"]["data"]:
        item["current_period_start"] = starts
        item["current_period_end"] = after(starts, item["price"]["recurring"]["interval"])
    customer = books.get("customer", held["customer"])
    made = invoices.draft(books, customer, _lines(held), "subscription_cycle", held, coupon=_coupon(books, held))
    held["latest_invoice"] = made["id"]
    if was_trial:
        held["status"] = "active"
    charge = invoices.collect(books, made, paid_with(books, held, held["customer"]))
    if made["status"] != "paid":
        held["status"] = "past_due"
        if charge is None:
            made["next_payment_attempt"] = books.now + 3 * 86400
            made["attempt_count"] += 1
    books.emit("customer.subscription.updated", held)


def _coupon(books: Books, held: Object) -> Object | None:
    coupon = held.get("_coupon")
    if not coupon or coupon["duration"] == "forever":
        return coupon
    months = coupon["duration_in_months"] or 0
    limit = held["_coupon_from"] + months * 31 * 86400
    return coupon if coupon["duration"] == "repeating" and books.now < limit else None


def retry(books: Books, invoice: Object) -> None:
    """Ask again for an unpaid invoice; after the last time the subscription ends."""
    held = books.objects.get(invoices.subscription_of(invoice))
    invoice["next_payment_attempt"] = None
    before = invoice["attempt_count"]
    invoices.collect(books, invoice, paid_with(books, held, invoice["customer"]))
    invoice["attempt_count"] = before + 1
    if held is None:
        return
    if invoice["status"] == "paid":
        recovered(books, held)
    elif invoice["next_payment_attempt"] is None:
        end(books, held, "payment_failed")


def recovered(books: Books, held: Object) -> None:
    """Stand well again once the latest invoice is paid."""
    if held["status"] in ("past_due", "incomplete", "unpaid") and not [
        each for each in books.all("invoice", status="open") if invoices.subscription_of(each) == held["id"]
    ]:
        held["status"] = "active"
        books.emit("customer.subscription.updated", held)


def end(books: Books, held: Object, reason: str = "cancellation_requested") -> None:
    if held["status"] in ENDED:
        return
    held |= {"status": "canceled", "ended_at": books.now, "canceled_at": held["canceled_at"] or books.now}
    held["cancellation_details"]["reason"] = reason
    books.emit("customer.subscription.deleted", held)


def difference(books: Books, held: Object, wanted: list[dict[str, Any]]) -> tuple[list[Object], bool]:
    """Return the proration lines of a change now, and whether a new period begins with it."""
    starts, ends = period_of(held)
    rest = max(ends - books.now, 0) / max(ends - starts, 1)
    there = {item["id"]: item for item in held["items"]["data"]}
    interval = held["items"]["data"][0]["price"]["recurring"]["interval"]
    prices = [books.get("price", each["price"], 400) for each in wanted if each.get("price")]
    resets = any(price["recurring"]["interval"] != interval for price in prices)
    if held["status"] == "trialing":
        return [], False
    lines = []
    for each in wanted:
        old = there.get(each.get("id", ""))
        price = books.get("price", each["price"], 400) if each.get("price") else (old or {}).get("price")
        amount = 0 if each.get("deleted") else each.get("quantity", old["quantity"] if old else 1)
        if old and old["price"]["id"] == price["id"] and old["quantity"] == amount:
            continue
        more = {"subscription": held["id"], "item": each.get("id"), "proration": True}
        if old:
            given = -round(old["price"]["unit_amount"] * old["quantity"] * rest)
            lines.append(invoices.line(given, "Unused time", (books.now, ends), old["price"], **more))
        if price and amount:
            new_end = after(books.now, price["recurring"]["interval"]) if resets else ends
            asked = price["unit_amount"] * amount if resets else round(price["unit_amount"] * amount * rest)
            lines.append(invoices.line(asked, "Remaining time", (books.now, new_end), price, quantity=amount, **more))
    return lines, resets


@route("POST", "/v1/subscriptions", params.SubscriptionCreateParams)
def create(books: Books, said: dict[str, Any]) -> Object:
    customer = books.get("customer", said["customer"], 400)
    name = said.get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    card = customers.method(books, name) if name else None
    if card and "default_payment_method" in said:
        said["default_payment_method"] = card["id"]
    behaviour = said.get("payment_behavior", "allow_incomplete")
    trial = said.get("trial_end") or said.get("trial_period_days")
    if card is None and not trial and behaviour != "default_incomplete":
        raise invalid("This customer has no attached payment source or default payment method.", "", "resource_missing")
    made = begin(books, customer, said, card, strict=behaviour == "error_if_incomplete")
    return shown(made)


@route("GET", "/v1/subscriptions", params.SubscriptionListParams)
def list_all(books: Books, said: dict[str, Any]) -> Object:
    rows = books.all("subscription", **({"customer": said["customer"]} if "customer" in said else {}))
    status = said.get("status")
    if status != "all":
        rows = [row for row in rows if (row["status"] == status if status else row["status"] not in ENDED)]
    return books.page(rows, said, "/v1/subscriptions")


@route("GET", "/v1/subscriptions/{id}", params.SubscriptionRetrieveParams)
def retrieve(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("subscription", id))


@route("GET", "/v1/subscription_items", params.SubscriptionItemListParams)
def items(books: Books, said: dict[str, Any]) -> Object:
    held = books.get("subscription", said["subscription"], 400)
    return books.page(held["items"]["data"], said, "/v1/subscription_items")


@route("POST", "/v1/subscriptions/{id}", params.SubscriptionUpdateParams)
def update(books: Books, said: dict[str, Any], id: str) -> Object:
    held = books.get("subscription", id)
    if held["status"] in ENDED:
        raise invalid(f"A canceled subscription can only update its cancellation_details and metadata. {id}")
    if wanted := said.get("items"):
        _change(books, held, wanted, said.get("proration_behavior", "create_prorations"))
    if "default_payment_method" in said:
        held["default_payment_method"] = customers.method(books, said["default_payment_method"])["id"]
    if "cancel_at_period_end" in said:
        held["cancel_at_period_end"] = said["cancel_at_period_end"]
        held["canceled_at"] = books.now if said["cancel_at_period_end"] else None
        held["cancel_at"] = period_of(held)[1] if said["cancel_at_period_end"] else None
    if said.get("trial_end") == "now" and held["status"] == "trialing":
        for item in held["items"]["data"]:
            item["current_period_end"] = books.now
        held["trial_end"] = books.now
        renew(books, held)
    held["metadata"] |= said.get("metadata") or {}
    books.emit("customer.subscription.updated", held)
    return shown(held)


def _change(books: Books, held: Object, wanted: list[dict[str, Any]], proration: str) -> None:
    lines, resets = difference(books, held, wanted)
    there = {item["id"]: item for item in held["items"]["data"]}
    starts, ends = period_of(held)
    for each in wanted:
        if each.get("id") and each["id"] not in there:
            raise invalid(f"No such subscription item: '{each['id']}'", "items[id]", "resource_missing")
        if each.get("deleted"):
            held["items"]["data"].remove(there[each["id"]])
        elif each.get("id"):
            item = there[each["id"]]
            if each.get("price"):
                item["price"] = shown(_price(books, each))
            item["quantity"] = each.get("quantity", item["quantity"])
        else:
            held["items"]["data"].append(_item(books, held, _price(books, each), each.get("quantity", 1), starts, ends))
    if resets and held["status"] != "trialing":
        for item in held["items"]["data"]:
            item["current_period_start"] = books.now
            item["current_period_end"] = after(books.now, item["price"]["recurring"]["interval"])
    if (lines and proration == "always_invoice") or resets:
        customer = books.get("customer", held["customer"])
        made = invoices.draft(books, customer, lines, "subscription_update", held, coupon=_coupon(books, held))
        held["latest_invoice"] = made["id"]
        invoices.collect(books, made, paid_with(books, held, held["customer"]))
        if made["status"] != "paid":
            held["status"] = "past_due"


@route("DELETE", "/v1/subscriptions/{id}", params.SubscriptionCancelParams)
def cancel(books: Books, said: dict[str, Any], id: str) -> Object:
    held = books.get("subscription", id)
    if held["status"] in ENDED:
        raise invalid(f"No such subscription: '{id}'", "id", "resource_missing", 404)
    end(books, held)
    return shown(held)
