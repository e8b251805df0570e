"""Verify the books of an agency that has left from the rows that were kept of them (tenants.departure.retention)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from common.retention import OMITTED
from services.ledger.models import EMPTY

Row = Mapping[str, Any]


def broken_links(entries: Iterable[Row], lines: Iterable[Row], anchors: Iterable[tuple[int, str]] = ()) -> list[str]:
    """Return what is wrong with one book as it was kept: entries' numbers, and anchors; an empty list if nothing is.

    An entry whose words were left out is not recomputed itself: the next one still holds its digest fast.

    :param anchors: (number of entries, digest of the last), kept on the shared floor.
    """
    by_entry: dict[int, list[Row]] = {}
    for line in lines:
        by_entry.setdefault(line["entry_id"], []).append(line)
    wrong, before, digests = [], EMPTY, {0: EMPTY}
    for number, entry in enumerate(sorted(entries, key=lambda row: row["number"]), start=1):
        own = sorted(by_entry.get(entry["id"], []), key=lambda line: line["position"])
        is_whole = entry["number"] == number and len(own) == entry["size"]
        if not is_whole or (_memo(entry) != OMITTED and digest(before, entry, own) != entry["digest"]):
            wrong.append(f"entry {entry['number']}")
        before = digests[entry["number"]] = entry["digest"]
    return wrong + [f"anchor {count}" for count, said in anchors if digests.get(count) != said]


def digest(before: str, entry: Row, lines: Iterable[Row]) -> str:
    """Return the digest of an entry as the database reckons it (`ledger_digest` of migration 0002)."""
    rows = list(lines)
    at = dt.datetime.fromisoformat(entry["recorded_at"]) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    moment = (at.days * 86400 + at.seconds) * 10**6 + at.microseconds
    said = [
        _text(entry["number"]), _text(entry["ref"]), _text(entry["key"]), _text(entry["kind"]),
        _text(entry["occurred_on"]), f"{moment // 10**6}.{moment % 10**6:06d}", _text(entry["posted_by"]),
        _text(entry["source"]), _text(_memo(entry)), _text(entry["reverses_id"]),
        _list(str(line["account_id"]) for line in rows), _list(_yuan(line["amount"]) for line in rows),
        _list(_yuan(line["balance_after"]) for line in rows), _list(str(line["version"]) for line in rows),
    ]  # fmt: skip
    return hashlib.sha256(f"{before}{_list(said)}".encode()).hexdigest()


def _memo(entry: Row) -> Any:
    """Return what an entry is for: rows kept by releases before 2026-11-28 call it `words`."""
    return entry["memo"] if "memo" in entry else entry["words"]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):.2f}"
