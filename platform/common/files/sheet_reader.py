"""Read one table in a process of its own: `python -I -S sheet_reader.py ROWS COLUMNS LIBRARIES < file > rows`.

Started by common/files/sheets.py for every file that somebody uploads, so that whatever a hostile file does, it does
it to this process: memory, processor time, files and descriptors are bounded before the first byte is read, and the two
gentlest steps of the scheduler are taken. It knows no Django, no database, no secret and no socket.

It writes a JSON array of cells (texts, numbers, true and false) for each row, and a last line that is one of the words
of VERDICTS. A line that is missing says that the process was ended.
"""

import contextlib
import csv
import io
import json
import math
import os
import resource
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Final

MB: Final = 1024 * 1024
MEMORY: Final = 384 * MB
PROCESSOR_SECONDS: Final = 10
UNPACKED: Final = 60 * MB
RATIO: Final = 100
PARTS: Final = 200
TEXTS: Final = 500_000  # different texts of all sheets; the longest table that is asked for has fewer
# How an old Excel file begins, one with a password, and a macro or an embedded document inside a new one.
OLE: Final = b"\xd0\xcf\x11\xe0"
PASSWORD: Final = "EncryptedPackage".encode("utf-16-le")
FINE, BROKEN, LOCKED, OLD, ODD, MACROS, BIG, LONG, WIDE, NO_TABLE = VERDICTS = (
    "fine", "broken", "locked", "old", "odd", "macros", "big", "long", "wide", "no-table"
)  # fmt: skip
Emit = Callable[[Iterable[Any]], None]


class Verdict(Exception):
    """Why the file is not taken: one of VERDICTS."""


def bound(memory: int = MEMORY, seconds: int = PROCESSOR_SECONDS) -> None:
    """Take the limits that hold for the rest of this process; none of them can be raised again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_NPROC, 0),  # no process of its own and no thread (root may still)
    ):
        resource.setrlimit(what, (most, most))
    os.nice(19)


def read(data: bytes, rows: int, columns: int, emit: Emit) -> None:
    """Hand the first sheet's rows to `emit`, at most so many.

    :raises Verdict: saying why the file is not taken.
    """
    if data[:4] == b"PK\x03\x04":
        _excel(data, rows, columns, emit)
    else:
        _text(data, rows, columns, emit)


def _excel(data: bytes, rows: int, columns: int, emit: Emit) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

    _refuse_odd(data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    except PasswordError:
        raise Verdict(LOCKED) from None
    except (CalamineError, XmlError, ZipError, OSError, ValueError, IndexError):
        raise Verdict(BROKEN) from None
    if sheet.start is None or sheet.end is None:
        return
    if sheet.end[1] >= columns:
        raise Verdict(WIDE)
    left = [""] * sheet.start[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > rows:
            raise Verdict(LONG)
        emit([*left, *map(_plain, row)])


def _plain(cell: Any) -> Any:
    """Return a cell as JSON knows it; days and times are written as text, and so are numbers without an end."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    return cell if isinstance(cell, str | bool | int | float) else str(cell)


def _refuse_odd(data: bytes) -> None:
    """Unpack within limits, whatever the file says of itself, and look for what has no place in a table."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if len(parts.infolist()) > PARTS:
                raise Verdict(ODD)
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise Verdict(BIG)
            for part in parts.infolist():
                if stat.S_ISLNK(part.external_attr >> 16):
                    raise Verdict(ODD)
                with parts.open(part) as stream:
                    content = stream.read(UNPACKED - unpacked + 1)
                unpacked += len(content)
                if unpacked > min(UNPACKED, max(RATIO * len(data), MB)) or content.count(b"<si") > TEXTS:
                    raise Verdict(BIG)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise Verdict(ODD)
                if content.startswith(OLE) or b"macroEnabled" in content or b"ms-office.vbaProject" in content:
                    raise Verdict(MACROS)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        raise Verdict(BROKEN) from None


def _text(data: bytes, rows: int, columns: int, emit: Emit) -> None:
    if data.startswith(OLE):
        raise Verdict(LOCKED if PASSWORD in data else OLD)
    text = _decoded(data)
    if "\x00" in text or not text.strip():
        raise Verdict(NO_TABLE)
    top = text[:4000]
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=max(",\t;", key=top.count)), start=1):
            if number > rows:
                raise Verdict(LONG)
            if any(row[columns:]):
                raise Verdict(WIDE)
            emit(row[:columns])
    except csv.Error:
        raise Verdict(NO_TABLE) from None


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise Verdict(NO_TABLE)


def main() -> None:
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    sys.path.append(sys.argv[3])
    import python_calamine  # noqa: F401  # before descriptors are bounded

    bound()
    out = sys.stdout.buffer

    def emit(line: Any) -> None:
        out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    try:
        read(sys.stdin.buffer.read(), rows, columns, emit)
    except Verdict as refusal:
        emit(str(refusal))
    else:
        emit(FINE)


if __name__ == "__main__":
    main()
