"""Customers, their tax numbers and their cards."""

from typing import Any

from stripe import params

from tests.fakes.stripe import cards
from tests.fakes.stripe.books import Books, Object, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import declined, invalid


@route("POST", "/v1/customers", params.CustomerCreateParams)
def create(books: Books, said: dict[str, Any]) -> Object:
    for number in said.get("tax_id_data", []):
        check_tax_id(number)
    made = books.new(
        "customer", "cus", name=said.get("name"), email=said.get("email"), description=said.get("description"),
        phone=said.get("phone"), address=said.get("address") or None, balance=said.get("balance", 0), currency=None,
        delinquent=False, discount=None, default_source=None, shipping=None, tax_exempt="none",
        invoice_prefix="LD", preferred_locales=said.get("preferred_locales", []), metadata=said.get("metadata") or {},
        test_clock=said.get("test_clock"),
        invoice_settings={
            "custom_fields": None, "default_payment_method": None, "rendering_options": None,
            "footer": None, **(said.get("invoice_settings") or {}),
        },
    )  # fmt: skip
    for number in said.get("tax_id_data", []):
        create_tax_id(books, number, customer=made["id"])
    if method := said.get("payment_method"):
        attach(books, {"customer": made["id"]}, id=method)
    books.emit("customer.created", made)
    return shown(made)


@route("GET", "/v1/customers", params.CustomerListParams)
def list_all(books: Books, said: dict[str, Any]) -> Object:
    same = {"email": said["email"]} if "email" in said else {}
    return books.page(books.all("customer", **same), said, "/v1/customers")


@route("GET", "/v1/customers/{id}", params.CustomerRetrieveParams)
def retrieve(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("customer", id))


@route("POST", "/v1/customers/{id}", params.CustomerUpdateParams)
def update(books: Books, said: dict[str, Any], id: str) -> Object:
    found = books.get("customer", id)
    settings = said.pop("invoice_settings", None) or {}
    found["metadata"] |= said.pop("metadata", None) or {}
    found["invoice_settings"] |= settings
    found |= {name: value for name, value in said.items() if name in found}
    books.emit("customer.updated", found)
    return shown(found)


@route("DELETE", "/v1/customers/{id}", params.CustomerDeleteParams)
def delete(books: Books, said: dict[str, Any], id: str) -> Object:
    from tests.fakes.stripe import subscriptions

    found = books.get("customer", id)
    for held in books.all("subscription", customer=id):
        subscriptions.end(books, held)
    books.emit("customer.deleted", found)
    del books.objects[id]
    return {"id": id, "object": "customer", "deleted": True}


@route("POST", "/v1/customers/{customer}/tax_ids", params.CustomerTaxIdCreateParams)
def create_tax_id(books: Books, said: dict[str, Any], customer: str) -> Object:
    check_tax_id(said)
    made = books.new(
        "tax_id", "txi", type=said["type"], value=said["value"], customer=customer, country=said["type"][:2].upper(),
        owner={"type": "customer", "customer": customer}, verification={"status": "unavailable"},
    )  # fmt: skip
    return shown(made)


def check_tax_id(said: dict[str, Any]) -> None:
    if said["type"] == "cn_tin" and len(said["value"]) not in (15, 17, 18, 20):
        raise invalid("Invalid value for cn_tin.", "value", "tax_id_invalid")


@route("GET", "/v1/customers/{customer}/tax_ids", params.CustomerTaxIdListParams)
def tax_ids(books: Books, said: dict[str, Any], customer: str) -> Object:
    books.get("customer", customer)
    return books.page(books.all("tax_id", customer=customer), said, f"/v1/customers/{customer}/tax_ids")


# --- Cards and wallets ------------------------------------------------------------------------------------------
def new_card(books: Books, number: str, **more: Any) -> Object:
    card = {
        "brand": "visa", "last4": number[-4:], "exp_month": 12, "exp_year": 2034, "country": "US", "funding": "credit",
        "fingerprint": number[::-1], **more,
    }  # fmt: skip
    return books.new(
        "payment_method", "pm", type="card", customer=None, card=card, metadata={}, billing_details={}, _number=number
    )


def new_wallet(books: Books, kind: str, works: bool = True) -> Object:
    return books.new(
        "payment_method", "pm", type=kind, customer=None, metadata={}, billing_details={}, _works=works, **{kind: {}}
    )


@route("POST", "/v1/payment_methods", params.PaymentMethodCreateParams)
def create_method(books: Books, said: dict[str, Any]) -> Object:
    if said.get("type") == "card":
        card = said["card"]
        number = str(card["number"]).replace(" ", "")
        return shown(new_card(books, number, exp_month=card["exp_month"], exp_year=card["exp_year"]))
    return shown(new_wallet(books, said["type"]))


def method(books: Books, name: str) -> Object:
    """Return a payment method, made on the spot for one of Stripe's test tokens."""
    if name in cards.TOKENS:
        return new_card(books, cards.TOKENS[name])
    return books.get("payment_method", name)


@route("GET", "/v1/payment_methods/{id}", params.PaymentMethodRetrieveParams)
def retrieve_method(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("payment_method", id))


@route("POST", "/v1/payment_methods/{id}/attach", params.PaymentMethodAttachParams)
def attach(books: Books, said: dict[str, Any], id: str) -> Object:
    found = method(books, id)
    if found["type"] != "card":
        raise invalid("This payment method cannot be attached to a customer.", "payment_method")
    if (no := cards.DECLINED.get(found["_number"])) and no[1] != "authentication_required":
        raise declined(*no, cards.words(no[1]))
    found["customer"] = books.get("customer", said["customer"])["id"]
    books.emit("payment_method.attached", found)
    return shown(found)


@route("GET", "/v1/customers/{customer}/payment_methods", params.CustomerPaymentMethodListParams)
def methods(books: Books, said: dict[str, Any], customer: str) -> Object:
    rows = books.all("payment_method", customer=customer)
    return books.page(rows, said, f"/v1/customers/{customer}/payment_methods")


def keep_as_default(books: Books, customer: Object, found: Object) -> None:
    found["customer"] = customer["id"]
    customer["invoice_settings"]["default_payment_method"] = found["id"]
