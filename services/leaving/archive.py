"""The ZIP of a full export: each table as CSV and JSON Lines, the dictionary, papers, files, and a manifest at the end.

Everything is streamed: memory does not grow with the number of rows, and no clear text is kept on disk under a name.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, cast

from django.utils import timezone

from services.leaving.tables import Table
from tenants.models import Tenant

BOM: Final = "\ufeff"  # Excel takes a CSV without one for GBK
PIECE: Final = 1024 * 1024
IN_MEMORY: Final = 4 * 1024 * 1024
ROWS_BETWEEN_REPORTS: Final = 5000
RUNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass
class Package:
    """A ZIP being written, and what went into it: {"name", "sha256", "bytes"} for each entry."""

    archive: zipfile.ZipFile
    entries: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    @contextmanager
    def entry(self, name: str) -> Iterator["CountingFile"]:
        """Write one file of the package."""
        about = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
        about.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(about, "w", force_zip64=True) as target:
            counted = CountingFile(target)
            yield counted
        self.entries.append({"name": name, "sha256": counted.digest.hexdigest(), "bytes": counted.size})

    def put(self, name: str, content: bytes) -> None:
        with self.entry(name) as target:
            target.write(content)

    def copy(self, name: str, source: IO[bytes]) -> None:
        with self.entry(name) as target:
            while piece := source.read(PIECE):
                target.write(piece)


class CountingFile(io.RawIOBase):
    """Passes bytes on and knows their number and digest."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._target.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


def write_table(package: Package, table: Table, tenant: Tenant, report: Callable[[int], None]) -> int:
    """Write a table as CSV and JSON Lines in one reading; return how many rows.

    :param report: called now and then with the rows written since the last call.
    """
    names = [column.name for column in table.given]
    stem = f"{table.folder}/{table.name}"
    rows = 0
    with SpooledTemporaryFile(max_size=IN_MEMORY) as lines:
        with package.entry(f"{stem}.csv") as target:
            text = io.TextIOWrapper(cast("IO[bytes]", target), encoding="utf-8", newline="")
            text.write(BOM)
            sheet = csv.writer(text)
            sheet.writerow(names)
            for row in table.values(tenant, package.unreadable):
                sheet.writerow([cell(value) for value in row])
                line = json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))
                lines.write(line.encode() + b"\n")
                rows += 1
                if rows % ROWS_BETWEEN_REPORTS == 0:
                    report(ROWS_BETWEEN_REPORTS)
            text.flush()
            text.detach()
        lines.seek(0)
        package.copy(f"{stem}.jsonl", lines)
    report(rows % ROWS_BETWEEN_REPORTS)
    package.counts[f"{table.folder}.{table.name}"] = rows
    return rows


def cell(value: Any) -> Any:
    """Return a value as a CSV cell: text that a spreadsheet would run gets an apostrophe before it, numbers do not."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(RUNS) and not _is_number(value):
        return f"'{value}"
    return value


def write_manifest(package: Package, about: dict[str, Any]) -> None:
    """Write manifest.json: what the package is, its rows by table, and every file with its digest."""
    manifest = {
        **about,
        "rows": package.counts,
        "unreadable": sorted(set(package.unreadable)),
        "files": package.entries,
    }
    package.put("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text[:1] in "+-" and text[1:2].isdigit()
