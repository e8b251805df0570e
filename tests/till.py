"""Stripe's stand-in behind billing: our keys, our prices."""

from collections.abc import Iterator
from typing import Any

import pytest

from billing.gateway import prices
from billing.gateway.values import Offer
from billing.plans import catalogue as plans
from tests.fakes.stripe.books import ACCOUNT
from tests.fakes.stripe.server import KEY, SECRET, StandIn


@pytest.fixture
def stand_in(settings: Any) -> Iterator[StandIn]:
    """Stripe, with our keys and our prices."""
    with StandIn() as house:
        settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
        settings.STRIPE_API_BASE, settings.STRIPE_ACCOUNT = house.address, ACCOUNT
        prices.publish(
            [
                Offer(plan.code, unit, interval, getattr(plan, f"{unit}_{interval}"), plan.names[0])
                for plan in plans.offered()
                for unit in prices.UNITS
                for interval in plans.INTERVALS
            ]
        )
        house.asked.clear()
        yield house
