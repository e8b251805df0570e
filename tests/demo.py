"""The whole demo as a ground: seeded once a run, copied for each file that stands on it."""

from collections.abc import Iterator

import pytest

from config.demo import seeding
from tests import grounds
from tests.cast import BARE
from tests.grounds import Standing


def _seed(_before: Standing) -> None:
    seeding.seed(say=lambda words: None)


DEMO = grounds.ground("demo", _seed, on=BARE)


@pytest.fixture(scope="module")
def demo(django_db_setup: None) -> Iterator[None]:
    """Stand on a copy of the demo, really committed; it is made anew for the next file."""
    yield
    grounds.spoilt()
