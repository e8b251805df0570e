"""Invoices: counted, closed, paid or not, tried again, previewed."""

from typing import Any

from stripe import params

from tests.fakes.stripe import paying
from tests.fakes.stripe.books import Books, Object, listed, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import invalid

DAY = 86400
RETRY_AFTER_DAYS = (3, 5, 7)


def line(amount: int, words: str, period: tuple[int, int], price: Object | None = None, **more: Any) -> Object:
    """Return one line; `more` has quantity, subscription, item and proration."""
    return {
        "amount": amount, "subtotal": amount, "currency": "cny", "description": words, "discountable": amount > 0,
        "quantity": more.get("quantity", 1), "period": {"start": period[0], "end": period[1]}, "discounts": [],
        "discount_amounts": [], "metadata": {}, "object": "line_item", "taxes": [], "livemode": False,
        "subscription": more.get("subscription"),
        "pricing": {
            "type": "price_details", "unit_amount_decimal": str(price["unit_amount"]),
            "price_details": {"price": price["id"], "product": price["product"]},
        } if price else None,
        "parent": {
            "type": "subscription_item_details", "invoice_item_details": None,
            "subscription_item_details": {
                "subscription": more.get("subscription"), "subscription_item": more.get("item"), "invoice_item": None,
                "proration": more.get("proration", False), "proration_details": None,
            },
        },
    }  # fmt: skip


def count(customer: Object, lines: list[Object], coupon: Object | None = None) -> Object:
    """Return the sums of an invoice: subtotal, reduction, what the customer's balance takes or is given."""
    subtotal = sum(each["amount"] for each in lines)
    off = 0
    if coupon and subtotal > 0:
        off = round(subtotal * coupon["percent_off"] / 100) if coupon["percent_off"] else coupon["amount_off"]
        off = min(off, subtotal)
    total = subtotal - off
    due = max(total + customer["balance"], 0)
    return {
        "subtotal": subtotal, "total": total, "amount_due": due, "starting_balance": customer["balance"],
        "ending_balance": min(customer["balance"] + total, 0), "subtotal_excluding_tax": subtotal, "total_taxes": [],
        "total_excluding_tax": total, "amount_remaining": due, "amount_paid": 0,
        "total_discount_amounts": [{"amount": off, "discount": "di_stand_in"}] if off else [],
    }  # fmt: skip


def draft(
    books: Books, customer: Object, lines: list[Object], reason: str, subscription: Object | None = None, **more: Any
) -> Object:
    """Make an invoice and close it: open, with its number."""
    sums = count(customer, lines, more.get("coupon"))
    metadata = subscription["metadata"] if subscription else {}
    made = books.new(
        "invoice", "in", customer=customer["id"], status="open", billing_reason=reason, currency="cny", attempt_count=0,
        collection_method=more.get("collection_method", "charge_automatically"), attempted=False, auto_advance=True,
        customer_name=customer["name"], customer_email=customer["email"],
        number=f"LD-{len(books.all('invoice')) + 1:04}", due_date=more.get("due_date"), next_payment_attempt=None,
        description=None, metadata={}, default_tax_rates=[],
        period_start=lines[0]["period"]["start"] if lines else books.now, discounts=[], footer=None,
        period_end=lines[0]["period"]["end"] if lines else books.now, receipt_number=None, amount_overpaid=0,
        status_transitions={
            "finalized_at": books.now, "paid_at": None, "voided_at": None, "marked_uncollectible_at": None,
        },
        parent={
            "type": "subscription_details", "quote_details": None,
            "subscription_details": {"subscription": subscription["id"], "metadata": dict(metadata)},
        } if subscription else None,
        **sums,
    )  # fmt: skip
    made["hosted_invoice_url"] = f"{books.address}/invoice/{made['id']}"
    made["invoice_pdf"] = f"{books.address}/invoice/{made['id']}/pdf"
    rows = [{"id": f"il_{made['id'][3:]}{n}", "invoice": made["id"], **row} for n, row in enumerate(lines)]
    made["lines"] = listed(rows, f"/v1/invoices/{made['id']}/lines")
    customer["balance"] = sums["ending_balance"]
    books.emit("invoice.created", made)
    books.emit("invoice.finalized", made)
    return made


def collect(books: Books, invoice: Object, paid_with: Object | None) -> Object | None:
    """Try to get the invoice paid; return the charge, or None where nothing was due or no card is known."""
    customer = books.get("customer", invoice["customer"])
    made = None
    invoice["attempted"] = True
    if invoice["amount_due"] and paid_with is None:
        failed(books, invoice, None)
        return None
    if invoice["amount_due"] and paid_with:
        reason = (
            "Subscription creation" if invoice["billing_reason"] == "subscription_create" else "Subscription update"
        )
        made = paying.charge(books, customer["id"], invoice["amount_due"], paid_with, {}, reason)
        books.new(
            "invoice_payment", "inpay", invoice=invoice["id"], amount_requested=invoice["amount_due"], currency="cny",
            amount_paid=invoice["amount_due"] if made["paid"] else None, is_default=True,
            payment={"type": "payment_intent", "payment_intent": made["payment_intent"]},
            status="paid" if made["paid"] else "open", status_transitions={"paid_at": books.now, "canceled_at": None},
        )  # fmt: skip
        invoice["attempt_count"] += 1
        if not made["paid"]:
            failed(books, invoice, made)
            return made
    settle(books, invoice)
    return made


def settle(books: Books, invoice: Object) -> None:
    invoice |= {
        "status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0, "next_payment_attempt": None,
    }  # fmt: skip
    invoice["status_transitions"]["paid_at"] = books.now
    books.emit("invoice.paid", invoice)
    books.emit("invoice.payment_succeeded", invoice)


def failed(books: Books, invoice: Object, made: Object | None) -> None:
    tried = invoice["attempt_count"]
    later = RETRY_AFTER_DAYS[tried - 1] * DAY if 0 < tried <= len(RETRY_AFTER_DAYS) else None
    invoice["next_payment_attempt"] = books.now + later if later and invoice["billing_reason"] != "manual" else None
    books.emit("invoice.payment_failed", invoice)


@route("GET", "/v1/invoices", params.InvoiceListParams)
def invoices(books: Books, said: dict[str, Any]) -> Object:
    rows = books.all("invoice", **{name: said[name] for name in ("customer", "status") if name in said})
    if held := said.get("subscription"):
        rows = [row for row in rows if subscription_of(row) == held]
    return books.page(rows, said, "/v1/invoices")


def subscription_of(invoice: Object) -> str:
    return invoice["parent"]["subscription_details"]["subscription"] if invoice["parent"] else ""


@route("POST", "/v1/invoices/create_preview", params.InvoiceCreatePreviewParams)
def preview(books: Books, said: dict[str, Any]) -> Object:
    from tests.fakes.stripe import subscriptions

    held = books.get("subscription", said["subscription"], 400)
    details = said.get("subscription_details", {})
    lines, _resets = subscriptions.difference(books, held, details.get("items", []))
    customer = books.get("customer", held["customer"])
    return {
        "object": "invoice", "id": "upcoming_in_stand_in", "customer": customer["id"], "status": "draft",
        "currency": "cny",
        "lines": listed(lines, "/v1/invoices/upcoming/lines"), **count(customer, lines, held.get("_coupon")),
    }  # fmt: skip


@route("GET", "/v1/invoices/{id}", params.InvoiceRetrieveParams)
def retrieve(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("invoice", id))


@route("POST", "/v1/invoices/{id}/pay", params.InvoicePayParams)
def pay(books: Books, said: dict[str, Any], id: str) -> Object:
    from tests.fakes.stripe import customers, subscriptions

    found = books.get("invoice", id)
    if found["status"] != "open":
        raise invalid(
            "Invoice is already paid" if found["status"] == "paid" else "Invoice is not open",
            "",
            "invoice_already_paid",
        )
    held = books.objects.get(subscription_of(found))
    name = said.get("payment_method")
    paid_with = customers.method(books, name) if name else subscriptions.paid_with(books, held, found["customer"])
    made = collect(books, found, paid_with)
    if made and not made["paid"]:
        raise paying.decline_of(made)
    if held and found["status"] == "paid":
        subscriptions.recovered(books, held)
    return shown(found)


@route("POST", "/v1/invoices/{id}/void", params.InvoiceVoidInvoiceParams)
def void(books: Books, said: dict[str, Any], id: str) -> Object:
    found = books.get("invoice", id)
    if found["status"] not in ("open", "uncollectible"):
        raise invalid(f"You can only pass in open invoices. This invoice isn't open: {id}.")
    found |= {"status": "void", "next_payment_attempt": None}
    found["status_transitions"]["voided_at"] = books.now
    books.emit("invoice.voided", found)
    return shown(found)


@route("GET", "/v1/invoice_payments", params.InvoicePaymentListParams)
def payments(books: Books, said: dict[str, Any]) -> Object:
    rows = books.all("invoice_payment", **({"invoice": said["invoice"]} if "invoice" in said else {}))
    if wanted := said.get("payment", {}).get("payment_intent"):
        rows = [row for row in rows if row["payment"]["payment_intent"] == wanted]
    return books.page(rows, said, "/v1/invoice_payments")
