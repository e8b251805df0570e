"""Payment intents, charges, refunds, and the balance they move."""

from typing import Any

from stripe import params

from tests.fakes.stripe import cards
from tests.fakes.stripe.books import Books, Object, shown
from tests.fakes.stripe.routes import route
from tests.fakes.stripe.wrong import declined, invalid


def charge(
    books: Books, customer: str, amount: int, paid_with: Object, metadata: dict[str, str], reason: str = ""
) -> Object:
    """Try to take `amount` fen and return the charge, succeeded or failed; events of both are told."""
    no = _refusal(paid_with)
    intent = books.new(
        "payment_intent", "pi", amount=amount, currency="cny", customer=customer, metadata=dict(metadata),
        payment_method=paid_with["id"], description=reason, latest_charge=None, amount_received=0 if no else amount,
        status="requires_payment_method" if no else "succeeded", capture_method="automatic", next_action=None,
        payment_method_types=[paid_with["type"]], last_payment_error=None,
    )  # fmt: skip
    kind = paid_with["type"]
    made = books.new(
        "charge", "ch" if kind == "card" else "py", amount=amount, amount_captured=0 if no else amount,
        amount_refunded=0, currency="cny", customer=customer, metadata=dict(metadata), payment_intent=intent["id"],
        payment_method=paid_with["id"], paid=not no, captured=not no, refunded=False, disputed=False,
        status="failed" if no else "succeeded", description=reason, balance_transaction=None, invoice=None,
        failure_code=no[0] if no else None, failure_message=cards.words(no[1]) if no else None,
        outcome={
            "type": "issuer_declined" if no else "authorized", "reason": no[1] if no else None,
            "network_status": "declined_by_network" if no else "approved_by_network", "risk_level": "normal",
        },
        payment_method_details={"type": kind, kind: paid_with.get(kind, {})}, receipt_url=None, billing_details={},
    )  # fmt: skip
    intent["latest_charge"] = made["id"]
    if no:
        intent["last_payment_error"] = {
            "type": "card_error", "code": no[0], "decline_code": no[1], "message": cards.words(no[1]),
        }  # fmt: skip
        books.emit("charge.failed", made)
        books.emit("payment_intent.payment_failed", intent)
        return made
    moved = move(books, "charge" if kind == "card" else "payment", made["id"], amount, fee=amount * 34 // 1000 + 235)
    made["balance_transaction"] = moved["id"]
    books.emit("charge.succeeded", made)
    books.emit("payment_intent.succeeded", intent)
    return made


def _refusal(paid_with: Object) -> tuple[str, str] | None:
    if paid_with["type"] != "card":
        works = paid_with.get("_works", True)
        return None if works else ("payment_intent_payment_attempt_failed", "payment_method_provider_decline")
    return cards.DECLINED.get(paid_with["_number"]) or cards.ATTACHES.get(paid_with["_number"])


def decline_of(made: Object) -> Exception:
    """Return the error Stripe answers when this charge was asked for directly."""
    reason = made["outcome"]["reason"]
    return declined(made["failure_code"], reason, made["failure_message"], charge=made["id"])


def move(books: Books, kind: str, source: str, amount: int, fee: int = 0) -> Object:
    currency, rate = books.settles
    amount, fee = round(amount * rate), round(fee * rate)
    return books.new(
        "balance_transaction", "txn", type=kind, source=source, amount=amount, fee=fee, net=amount - fee,
        currency=currency, status="available", available_on=books.now, description=None,
        exchange_rate=rate if rate != 1 else None,
        balance_type="payments", reporting_category={"payment": "charge", "payment_refund": "refund"}.get(kind, kind),
        fee_details=[{"amount": fee, "currency": currency, "type": "stripe_fee", "description": "fees"}] if fee else [],
    )  # fmt: skip


@route("GET", "/v1/payment_intents/{id}", params.PaymentIntentRetrieveParams)
def intent(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("payment_intent", id))


@route("GET", "/v1/charges/{id}", params.ChargeRetrieveParams)
def retrieve(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("charge", id))


@route("GET", "/v1/charges", params.ChargeListParams)
def charges(books: Books, said: dict[str, Any]) -> Object:
    same = {name: said[name] for name in ("customer", "payment_intent") if name in said}
    return books.page(books.all("charge", **same), said, "/v1/charges")


@route("POST", "/v1/refunds", params.RefundCreateParams)
def refund(books: Books, said: dict[str, Any]) -> Object:
    if "payment_intent" in said:
        said["charge"] = books.get("payment_intent", said["payment_intent"], 400)["latest_charge"]
    paid = books.get("charge", said.get("charge", ""), 400)
    left = paid["amount"] - paid["amount_refunded"]
    amount = said.get("amount", left)
    if not paid["paid"]:
        raise invalid("This charge has not been paid.", "charge")
    if left <= 0:
        raise invalid(f"Charge {paid['id']} has already been refunded.", "charge", "charge_already_refunded")
    if not 0 < amount <= left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "amount")
    card = paid["payment_method_details"]["type"] == "card"
    made = books.new(
        "refund", "re" if card else "pyr", charge=paid["id"], payment_intent=paid["payment_intent"], amount=amount,
        currency="cny", status="succeeded", reason=said.get("reason"), metadata=said.get("metadata") or {},
        balance_transaction=None, receipt_number=None,
    )  # fmt: skip
    made["balance_transaction"] = move(books, "refund" if card else "payment_refund", made["id"], -amount)["id"]
    paid["amount_refunded"] += amount
    paid["refunded"] = paid["amount_refunded"] == paid["amount"]
    books.emit("refund.created", made)
    books.emit("charge.refunded", paid)
    return shown(made)


@route("GET", "/v1/refunds", params.RefundListParams)
def refunds(books: Books, said: dict[str, Any]) -> Object:
    same = {name: said[name] for name in ("charge", "payment_intent") if name in said}
    return books.page(books.all("refund", **same), said, "/v1/refunds")


@route("GET", "/v1/refunds/{id}", params.RefundRetrieveParams)
def one_refund(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("refund", id))


def dispute(books: Books, charge_id: str) -> Object:
    """A cardholder's bank takes the money of a charge back."""
    paid = books.get("charge", charge_id)
    paid["disputed"] = True
    made = books.new(
        "dispute", "dp", charge=paid["id"], payment_intent=paid["payment_intent"], amount=paid["amount"],
        currency="cny", status="needs_response", reason="fraudulent", metadata={}, balance_transactions=[],
    )  # fmt: skip
    made["balance_transactions"] = [shown(move(books, "adjustment", made["id"], -paid["amount"], fee=10500))]
    books.emit("charge.dispute.created", made)
    books.emit("charge.dispute.funds_withdrawn", made)
    return shown(made)


@route("GET", "/v1/disputes/{id}", params.DisputeRetrieveParams)
def one_dispute(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("dispute", id))


@route("GET", "/v1/balance_transactions", params.BalanceTransactionListParams)
def transactions(books: Books, said: dict[str, Any]) -> Object:
    same = {name: said[name] for name in ("source", "type") if name in said}
    return books.page(books.all("balance_transaction", **same), said, "/v1/balance_transactions")


@route("GET", "/v1/balance_transactions/{id}", params.BalanceTransactionRetrieveParams)
def transaction(books: Books, said: dict[str, Any], id: str) -> Object:
    return shown(books.get("balance_transaction", id))


def balance(books: Books) -> int:
    """Return what customers paid less what went back to them, in fen, Stripe's own fees and payouts aside."""
    return sum(each["amount"] for each in books.all("balance_transaction") if each["type"] != "payout")
