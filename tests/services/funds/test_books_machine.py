"""Any order of a fund's business leaves its books in balance (AT-17).

Hypothesis plays the fund's people: money and goods come in, go back, are reserved, let go, paid, repaid; entries are
reversed; keys are sent again, also with other contents; work breaks off half-way. Beside the books runs a model of six
numbers a purpose. The short play is of every day, the long one of 20 seeds and 50,000 steps and more of the night.
"""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from disclosure.models import Movement
from services.funds.books import chart
from services.funds.books.chart import BANK, GOODS, PostingRef
from services.ledger import verification
from services.ledger.models import Account, Entry, Line
from services.ledger.posting import CannotReverse, KeyTaken, NotEnough
from tenants.models import Tenant
from tests.services.funds.ground import bare_fund
from tests.services.ledger.books import at_commit

YUAN = st.decimals(min_value="0.01", max_value="500", places=2) | st.sampled_from([Decimal("0.01"), Decimal(100)])
PURPOSE = st.integers(0, 1)
SPENT_ON = st.sampled_from(["person", "activity", "service"])
STEPS: Counter[str] = Counter()


class Books(RuleBasedStateMachine):
    """`money` maps a place (bank, goods) and (purpose, free or reserved) to yuan; `told` every entry to its change."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.fund = bare_fund()
        self.purposes = list(self.fund.purposes.order_by("id"))
        self.money: Counter[Any] = Counter()
        self.told: list[tuple[Entry, Counter[Any]]] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def act(self, name: str, change: dict[Any, Decimal], key: str = "", **said: Any) -> None:
        """Do it in the books and in the model: it goes through exactly if nothing falls below zero."""
        key = key or f"k{len(self.sent)}"
        STEPS[name] += 1
        after = self.money.copy()
        after.update(change)
        allowed = all(amount >= 0 for amount in after.values())
        try:
            entry = self.post(name, key, **said)
        except NotEnough:
            assert not allowed, (name, change, self.money)
            return
        assert allowed, (name, change, self.money)
        self.money = after
        self.told.append((entry, Counter(change)))
        self.sent.append((key, {"name": name, **said}))

    def post(self, name: str, key: str, purpose: int, **said: Any) -> Entry:
        origin = PostingRef(key=key, source="tests.row:1", on=timezone.localdate(), memo="一笔")
        entry: Entry = getattr(chart, name)(
            fund=self.fund, purpose=self.purposes[purpose], origin=origin, by=None, **said
        )
        return entry

    @rule(purpose=PURPOSE, amount=YUAN, kind=st.sampled_from(["donation", "in_kind", "grant", "interest"]))
    def receive(self, purpose: int, amount: Decimal, kind: str) -> None:
        place = GOODS if kind == "in_kind" else BANK
        self.act("receive", {place: amount, (purpose, "free"): amount}, purpose=purpose, amount=amount, kind=kind)

    @rule(purpose=PURPOSE, amount=YUAN, kind=st.sampled_from(["donation", "in_kind"]))
    def give_back(self, purpose: int, amount: Decimal, kind: str) -> None:
        place = GOODS if kind == "in_kind" else BANK
        self.act("give_back", {place: -amount, (purpose, "free"): -amount}, purpose=purpose, amount=amount, kind=kind)

    @rule(purpose=PURPOSE, amount=YUAN)
    def reserve(self, purpose: int, amount: Decimal) -> None:
        change = {(purpose, "free"): -amount, (purpose, "reserved"): amount}
        self.act("reserve", change, purpose=purpose, amount=amount)

    @rule(purpose=PURPOSE, amount=YUAN)
    def release(self, purpose: int, amount: Decimal) -> None:
        change = {(purpose, "free"): amount, (purpose, "reserved"): -amount}
        self.act("release_reservation", change, purpose=purpose, amount=amount)

    @rule(purpose=PURPOSE, amount=YUAN, spent_on=SPENT_ON, goods=st.booleans())
    def pay(self, purpose: int, amount: Decimal, spent_on: str, goods: bool) -> None:
        change = {GOODS if goods else BANK: -amount, (purpose, "reserved"): -amount}
        self.act("pay", change, purpose=purpose, amount=amount, spent_on=spent_on, goods=goods)

    @rule(purpose=PURPOSE, amount=YUAN, spent_on=SPENT_ON)
    def repaid(self, purpose: int, amount: Decimal, spent_on: str) -> None:
        change = {BANK: amount, (purpose, "free"): amount}
        self.act("repaid", change, purpose=purpose, amount=amount, spent_on=spent_on)

    @rule(purpose=PURPOSE, amount=YUAN)
    def charge(self, purpose: int, amount: Decimal) -> None:
        self.act("charge", {BANK: -amount, (purpose, "free"): -amount}, purpose=purpose, amount=amount)

    @rule(pick=st.integers(0, 10**6))
    def reverse(self, pick: int) -> None:
        if not self.told:
            return
        STEPS["reverse"] += 1
        entry, change = self.told[pick % len(self.told)]
        after = self.money.copy()
        after.subtract(change)
        once = not entry.reverses_id and not Entry.objects.filter(reverses=entry).exists()
        allowed = once and all(amount >= 0 for amount in after.values())
        try:
            made = chart.reverse(fund=self.fund, entry=entry, on=timezone.localdate(), memo="更正", by=None)
        except (NotEnough, CannotReverse):
            assert not allowed
            return
        assert allowed
        self.money = after
        self.told.append((made, Counter({name: -amount for name, amount in change.items()})))

    @rule(pick=st.integers(0, 10**6))
    def send_again(self, pick: int) -> None:
        """The same key with the same contents changes nothing; the checks after each step see that."""
        if self.sent:
            STEPS["again"] += 1
            key, said = self.sent[pick % len(self.sent)]
            again = self.post(key=key, **said)
            assert again.key == key

    @rule(pick=st.integers(0, 10**6))
    def send_other(self, pick: int) -> None:
        if self.sent:
            STEPS["other"] += 1
            key, said = self.sent[pick % len(self.sent)]
            with pytest.raises(KeyTaken):
                self.post(key=key, **{**said, "amount": said["amount"] + 1})

    @rule(purpose=PURPOSE, amount=YUAN)
    def break_off(self, purpose: int, amount: Decimal) -> None:
        """The act posts and then its transaction breaks: nothing of it stays."""
        STEPS["broken"] += 1
        with pytest.raises(RuntimeError), transaction.atomic():
            self.post("receive", "broken", purpose=purpose, amount=amount, kind="donation")
            raise RuntimeError

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        held = dict(Account.objects.filter(book=self.fund.book_id).values_list("code", "balance"))
        assert held[BANK] == self.money[BANK]
        assert held[GOODS] == self.money[GOODS]
        for number, purpose in enumerate(self.purposes):
            assert -held[purpose.free.code] == self.money[(number, "free")]
            assert -held[purpose.reserved.code] == self.money[(number, "reserved")]

    def teardown(self) -> None:
        try:
            at_commit()
            lines = Line.objects.filter(account__book=self.fund.book_id).values_list("amount", flat=True)
            assert sum(lines) == 0
            assert verification.findings(self.fund.book) == []
            published = Movement.objects.filter(fund=self.fund.ref).values_list("amount", flat=True)
            assert sum(published) == self.money[BANK] + self.money[GOODS]
        finally:
            transaction.savepoint_rollback(self.before)


def play(examples: int, steps: int, number: int) -> None:
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(Books), settings=quiet)


def test_any_order_of_business_leaves_the_books_in_balance(north: Tenant) -> None:
    STEPS.clear()

    play(examples=12, steps=25, number=1)

    assert STEPS.total() > 100


@pytest.mark.nightly
def test_fifty_thousand_steps_of_twenty_seeds(north: Tenant) -> None:
    STEPS.clear()

    for number in range(20):
        play(examples=40, steps=100, number=number)

    assert STEPS.total() >= 50_000
