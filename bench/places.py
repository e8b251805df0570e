"""What it costs to say the place with each statement, against setting the path in the session when it changes."""

import random
from collections.abc import Callable
from typing import Any, cast

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as DjangoWrapper
from psycopg import ClientCursor, sql

from bench.ground import Row, at_most, medians
from tenants.backend.base import DatabaseWrapper
from tenants.places import PUBLIC_SCHEMA, Place
from tenants.running import in_public

SCHEMAS, REQUESTS = 100, 400
GOALS = {1: 1.25, 20: 1.5}  # promise P20; reads of one row by its key, the shortest there are


class SessionPath(DatabaseWrapper):
    """The way of before: wrong behind a pooler in transaction mode."""

    told = ""

    def create_cursor(self, name: str | None = None) -> Any:
        assert self.place
        if self.told != self.place.schema:
            with ClientCursor(self.connection) as own:
                own.execute(
                    sql.SQL("SET search_path TO {}, {}").format(
                        *map(sql.Identifier, (self.place.schema, PUBLIC_SCHEMA))
                    )
                )
            self.told = self.place.schema
        return DjangoWrapper.create_cursor(self, name)


def measure() -> list[Row]:
    """Return the median seconds of a request of one and of twenty reads, each in a random agency."""
    places = [Place(f"t_bench_place_{number:03}", f"place-{number}") for number in range(SCHEMAS)]
    ours = cast(DatabaseWrapper, connections["default"])
    with in_public(), ours.cursor() as cursor:
        for place in places:
            cursor.execute(f"CREATE SCHEMA {place.schema}")
            cursor.execute(f"CREATE TABLE {place.schema}.mark AS SELECT n AS id FROM generate_series(1, 5) n")
    before = SessionPath({**ours.settings_dict}, "default")
    try:
        rows = []
        for reads, goal in GOALS.items():
            mine, theirs = medians(request(ours, places, reads), request(before, places, reads), count=REQUESTS)
            rows.append(
                at_most(f"a request of {reads} reads: place in each message vs path in the session", mine, theirs, goal)
            )
        return rows
    finally:
        before.close()
        ours.stand(None)


def request(wrapper: DatabaseWrapper, places: list[Place], reads: int) -> Callable[[], object]:
    def ask() -> None:
        wrapper.stand(random.choice(places))
        for _ in range(reads):
            with wrapper.cursor() as cursor:
                cursor.execute("SELECT id FROM mark WHERE id = %s", [3])
                cursor.fetchall()

    return ask
