"""The two sides of a contract test: the stand-in, and, where STRIPE_TEST_KEY is set, Stripe's own test mode."""

import os
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from tests.fakes.stripe.server import KEY, StandIn

REASON = "STRIPE_TEST_KEY is not set: nothing is asked of Stripe itself"


@dataclass
class Side:
    """A client of the real SDK, and time that can be moved on either side (customers carry a test clock)."""

    ask: stripe.StripeClient
    start: int
    clock: str = ""
    stand_in: StandIn | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def customer(self, **said: Any) -> stripe.Customer:
        """Make a customer whose card is good."""
        customer = self.ask.v1.customers.create({"name": "北方社工", "test_clock": self.clock, **said})  # type: ignore[typeddict-item]
        self.give_card(customer.id, "pm_card_visa")
        return customer

    def give_card(self, customer: str, token: str) -> None:
        method = self.ask.v1.payment_methods.attach(token, {"customer": customer})
        self.ask.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})

    def price(self, amount: int, interval: str = "month") -> str:
        recurring: Any = {"interval": interval}
        price = self.ask.v1.prices.create(
            {"currency": "cny", "unit_amount": amount, "recurring": recurring, "product_data": {"name": "站点"}}
        )
        return price.id

    def move_to(self, moment: int) -> None:
        """Let time pass until `moment` and wait until what fell due is done."""
        clocks = self.ask.v1.test_helpers.test_clocks
        clocks.advance(self.clock, {"frozen_time": moment})
        while clocks.retrieve(self.clock).status == "advancing":
            time.sleep(1)


def stand_in_side(stand_in: StandIn) -> Side:
    client = stripe.StripeClient(KEY, base_addresses={"api": stand_in.address, "meter_events": stand_in.address})
    return _with_clock(Side(client, stand_in.books.now, stand_in=stand_in))


def stripe_side() -> Side:
    key = os.environ.get("STRIPE_TEST_KEY", "")
    if not key.startswith(("sk_test_", "rk_test_")):
        pytest.skip(REASON)
    return _with_clock(Side(stripe.StripeClient(key, max_network_retries=2), int(time.time())))


def _with_clock(side: Side) -> Side:
    side.clock = side.ask.v1.test_helpers.test_clocks.create({"frozen_time": side.start}).id
    return side
