"""`side`: each contract test runs against the stand-in and, where a key is set, against Stripe itself."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_socket

from tests.fakes.sides import Side, stand_in_side, stripe_side
from tests.fakes.stripe.server import StandIn


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as house:
        yield house


@pytest.fixture(params=["stand-in", pytest.param("stripe", marks=pytest.mark.stripe)])
def side(request: Any) -> Iterator[Side]:
    if request.param == "stand-in":
        yield stand_in_side(request.getfixturevalue("stand_in"))
        return
    pytest_socket.enable_socket()
    pytest_socket._remove_restrictions()
    side = stripe_side()
    yield side
    side.ask.v1.test_helpers.test_clocks.delete(side.clock)  # and its customers with it
