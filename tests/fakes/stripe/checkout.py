"""Checkout and the portal: the visits, and what pressing their buttons does. Their pages are drawn in pages.py."""

from typing import Any

from stripe.params import billing_portal
from stripe.params import checkout as checkout_params

from tests.fakes.stripe import cards, customers, paying, subscriptions
from tests.fakes.stripe.books import Books, Object, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import declined, invalid

DAY = 86400
RENEWING = ("card",)  # which ways of paying a subscription may renew by
ALLOWED = {"subscription": RENEWING, "payment": ("card", "alipay", "wechat_pay"), "setup": ("card",)}


@route("POST", "/v1/checkout/sessions", checkout_params.SessionCreateParams)
def create(books: Books, said: dict[str, Any]) -> Object:
    mode = said.get("mode")
    if mode not in ALLOWED:
        raise invalid("You must provide a mode.", "mode")
    ways = [way for way in ALLOWED[mode] if way in said.get("allowed_payment_method_types", ALLOWED[mode])]
    if not ways:
        raise invalid("No valid payment method types for this Checkout Session.", "allowed_payment_method_types")
    if said.get("discounts") and said.get("allow_promotion_codes"):
        raise invalid("You may only specify one of these parameters: allow_promotion_codes, discounts.", "discounts")
    for item in said.get("line_items", []):
        if item.get("quantity", 1) < 1:
            raise invalid(
                "This value must be greater than or equal to 1.", "line_items[quantity]", "parameter_invalid_integer"
            )
        if "price" in item and (books.get("price", item["price"], 400)["type"] == "recurring") != (
            mode == "subscription"
        ):
            raise invalid("The prices do not fit the mode.", "line_items")
    if said.get("customer"):
        books.get("customer", said["customer"], 400)
    ahead = said.get("subscription_data", {}).get("trial_end")
    if ahead is not None and ahead < books.now + 2 * DAY:
        raise invalid("The `trial_end` date has to be at least 2 days in the future.", "subscription_data[trial_end]")
    made = books.new(
        "checkout.session", "cs_test", mode=mode, status="open", payment_status="unpaid", customer=said.get("customer"),
        client_reference_id=said.get("client_reference_id"), subscription=None, payment_intent=None, invoice=None,
        success_url=said.get("success_url"), cancel_url=said.get("cancel_url"), currency="cny",
        locale=said.get("locale"),
        metadata=said.get("metadata") or {}, expires_at=said.get("expires_at", books.now + DAY), setup_intent=None,
        payment_method_types=ways, amount_total=sum(_amount(books, item) for item in said.get("line_items", [])),
        allow_promotion_codes=said.get("allow_promotion_codes"), ui_mode="hosted_page", _said=said, url=None,
    )  # fmt: skip
    made["url"] = f"{books.address}/pay/{made['id']}"
    return shown(made)


def _amount(books: Books, item: dict[str, Any]) -> int:
    price = item.get("price_data") or books.get("price", item["price"], 400)
    return int(price["unit_amount"]) * int(item.get("quantity", 1))


@route("GET", "/v1/checkout/sessions", checkout_params.SessionListParams)
def sessions(books: Books, said: dict[str, Any]) -> Object:
    same = {name: said[name] for name in ("customer", "subscription", "payment_intent", "status") if name in said}
    return books.page(books.all("checkout.session", **same), said, "/v1/checkout/sessions")


@route("GET", "/v1/checkout/sessions/{id}", checkout_params.SessionRetrieveParams)
def retrieve(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("checkout.session", id))


@route("POST", "/v1/checkout/sessions/{id}/expire", checkout_params.SessionExpireParams)
def expire_now(books: Books, said: dict[str, Any], id: str) -> Object:
    found = books.get("checkout.session", id)
    if found["status"] != "open":
        raise invalid('Only Checkout Sessions with a status in ["open"] can be expired.')
    expire(books, found)
    return shown(found)


def expire(books: Books, session: Object) -> None:
    session |= {"status": "expired", "url": None}
    books.emit("checkout.session.expired", session)


def press(books: Books, session_id: str, card: str = cards.GOOD, way: str = "card", code: str = "") -> str:
    """Pay as a visitor does: by a card's number, or by `alipay` or `wechat_pay`. Return where she is sent.

    :raises Wrong: where the page would say why not; the visit stays open.
    """
    session = books.get("checkout.session", session_id)
    if session["status"] != "open":
        raise invalid("This Checkout Session is no longer open.")
    if way not in session["payment_method_types"]:
        raise invalid("This way of paying is not offered here.")
    number = card.replace(" ", "")
    if way == "card":
        if no := cards.DECLINED.get(number):
            raise declined(*no, cards.words(no[1]))
        method = customers.new_card(books, number)
    else:
        method = customers.new_wallet(books, way)
    said = session["_said"]
    customer = books.get("customer", session["customer"])
    if session["mode"] == "subscription":
        _subscribe(books, session, customer, method, said, code)
    else:
        metadata = said.get("payment_intent_data", {}).get("metadata") or {}
        charge = paying.charge(books, customer["id"], session["amount_total"], method, metadata)
        if not charge["paid"]:
            raise paying.decline_of(charge)
        session |= {"payment_intent": charge["payment_intent"], "payment_status": "paid"}
    session |= {"status": "complete", "url": None}
    books.emit("checkout.session.completed", session)
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _subscribe(
    books: Books, session: Object, customer: Object, method: Object, said: dict[str, Any], code: str
) -> None:
    data = said.get("subscription_data", {})
    discounts = said.get("discounts") or []
    if code and session["allow_promotion_codes"]:
        found = books.all("promotion_code", code=code, active=True)
        if not found:
            raise invalid("This code is invalid.", "promotion_code")
        discounts = [{"promotion_code": found[0]["id"]}]
    customers.keep_as_default(books, customer, method)
    wanted = {"items": said["line_items"], "discounts": discounts, **data, "default_payment_method": method["id"]}
    held = subscriptions.begin(books, customer, wanted, method, strict=True)
    first = books.get("invoice", held["latest_invoice"])
    session |= {
        "subscription": held["id"], "invoice": first["id"],
        "payment_status": "paid" if first["amount_paid"] or held["status"] == "active" else "no_payment_required",
    }  # fmt: skip


# --- The portal -------------------------------------------------------------------------------------------------
@route("POST", "/v1/billing_portal/sessions", billing_portal.SessionCreateParams)
def open_portal(books: Books, said: dict[str, Any]) -> Object:
    books.get("customer", said.get("customer", ""), 400)
    made = books.new(
        "billing_portal.session", "bps", customer=said["customer"], return_url=said.get("return_url"), flow=None,
        locale=said.get("locale"), configuration="bpc_stand_in", on_behalf_of=None,
    )  # fmt: skip
    made["url"] = f"{books.address}/portal/{made['id']}"
    return shown(made)


def change_card(books: Books, customer_id: str, number: str) -> None:
    """Give the customer a new card, and ask at once for what is unpaid."""
    if (no := cards.DECLINED.get(number)) and no[1] != "authentication_required":
        raise declined(*no, cards.words(no[1]))
    customer = books.get("customer", customer_id)
    method = customers.new_card(books, number)
    customers.keep_as_default(books, customer, method)
    books.emit("payment_method.attached", method)
    books.emit("customer.updated", customer)
    for held in books.all("subscription", customer=customer_id):
        held["default_payment_method"] = method["id"]
    for invoice in books.all("invoice", customer=customer_id, status="open"):
        subscriptions.retry(books, invoice)
