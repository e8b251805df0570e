"""Opening an agency by replaying the release's blueprint, against running all its migrations in a new schema.

Ours is the whole act: row, key, host, log line, schema, structure compared. Theirs is the schema alone.
"""

from itertools import count

from django.db import connection
from psycopg import sql

from bench.ground import Row, at_least, interleaved
from tenants.agencies import blueprint
from tenants.agencies.actions import open_agency
from tenants.places import Place
from tenants.running import in_public

GOAL = 10.0
ROUNDS = 3


def measure() -> list[Row]:
    """Return the best seconds of opening one agency on both sides."""
    numbers = count()
    blueprint.latest()
    ours, theirs = interleaved(lambda: _replayed(next(numbers)), lambda: _migrated(next(numbers)), rounds=ROUNDS)
    return [at_least("agency_opened_vs_migrated", ours, theirs, GOAL)]


def _replayed(number: int) -> None:
    with in_public():
        open_agency(slug=f"bench-opening{number}", name="开通")


def _migrated(number: int) -> None:
    place = Place(f"t_bench_migrated_{number}", f"bench-migrated-{number}")
    with in_public(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(place.schema)))
    blueprint.migrate_new(place)
