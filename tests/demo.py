"""The whole demo as a ground: seeded once a run into a template of its own, copied for each file that stands on it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from filelock import FileLock

from config.demo import seeding
from tests import database


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Stand on a copy of the demo, really committed; the process's database is made anew afterwards."""
    address, home = os.environ["TEST_ADDRESS"], Path(os.environ["DATA_DIR"])
    mine = address.rpartition("/")[2]
    done = home / "demo.done"
    with django_db_blocker.unblock():
        cache.clear()
        connections.close_all()
        with FileLock(home / "demo.lock"):
            if not done.exists():
                database.recreate(address, mine, database.TEMPLATE)
                seeding.seed(say=lambda words: None)
                connections.close_all()
                database.recreate(address, database.DEMO, mine)
                done.touch()
            else:
                database.recreate(address, mine, database.DEMO)
        yield
        connections.close_all()
        with FileLock(home / "template.lock"):
            database.recreate(address, mine, database.TEMPLATE)
