"""Moving the clock: what falls due on the way happens in its order."""

from tests.fakes.stripe import checkout, subscriptions
from tests.fakes.stripe.books import Books

DAY = 86400


def move_to(books: Books, target: int) -> None:
    """Let time pass until `target`: renewals, ends of trials, second tries, forgotten visits to Checkout."""
    while True:
        due = sorted(_due(books, target), key=lambda each: each[0])
        if not due:
            break
        books.now = max(books.now, due[0][0])
        due[0][1]()
    books.now = max(books.now, target)


def _due(books: Books, target: int):  # type: ignore[no-untyped-def]
    for held in books.all("subscription"):
        if held["status"] in ("trialing", "active", "past_due"):
            ends = subscriptions.period_of(held)[1]
            if ends <= target:
                yield ends, lambda held=held: subscriptions.renew(books, held)
            if held["status"] == "trialing" and not held["_warned"] and ends - 3 * DAY <= target:
                yield ends - 3 * DAY, lambda held=held: _warn(books, held)
        elif held["status"] == "incomplete" and held["created"] + 23 * 3600 <= target:
            yield held["created"] + 23 * 3600, lambda held=held: _give_up(books, held)
    for invoice in books.all("invoice", status="open"):
        if (again := invoice["next_payment_attempt"]) and again <= target:
            yield again, lambda invoice=invoice: subscriptions.retry(books, invoice)
    for session in books.all("checkout.session", status="open"):
        if session["expires_at"] <= target:
            yield session["expires_at"], lambda session=session: checkout.expire(books, session)


def _warn(books: Books, held: dict) -> None:  # type: ignore[type-arg]
    held["_warned"] = True
    books.emit("customer.subscription.trial_will_end", held)


def _give_up(books: Books, held: dict) -> None:  # type: ignore[type-arg]
    held |= {"status": "incomplete_expired", "ended_at": books.now}
    books.emit("customer.subscription.updated", held)
