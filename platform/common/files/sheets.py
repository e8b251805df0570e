"""Read the rows of an Excel or CSV file that somebody uploads, in a process of its own (sheet_reader.py). No database.

A hostile file does no harm: the process that reads it has bounds of memory and time and is ended when it passes them;
it inherits no environment, no database connection and no socket; what it says is read up to a bound and taken for
nothing but plain cells. Two files a web process are read at once; the next one is asked to try again.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any, Final

from django.utils.translation import gettext as _

from common.files import sheet_reader
from common.files.sheet_reader import MB as MB
from common.refusals import Refused

LARGEST: Final = 5 * MB
SECONDS: Final = 8.0
MOST_SAID: Final = 16 * MB  # bytes of all cells together
AT_ONCE: Final = 2
READER: Final = str(Path(sheet_reader.__file__).resolve())
_slots = BoundedSemaphore(AT_ONCE)


class Unreadable(Refused):
    """The file cannot be read, or is not what it should be."""

    status = page_status = 400


class Busy(Unreadable):
    """As many files are being read as may be at once; later it may go."""

    status = page_status = 429


def read_rows(data: bytes, *, rows: int, columns: int) -> list[list[Any]]:
    """Return the cells of the first sheet, at most so many rows and columns: texts, numbers, true or false.

    Days are texts (YYYY-MM-DD, with a time YYYY-MM-DD HH:MM:SS).

    :raises Unreadable: with a sentence to show for a file that is too large, broken, locked or no table at all.
    :raises Busy: while others' files are being read.
    """
    if len(data) > LARGEST:
        raise Unreadable(too_large())
    said = said_by_reader(READER, data, [str(rows), str(columns), *libraries("python_calamine")], MOST_SAID)
    *lines, verdict = map(_understood, said.rstrip(b"\n").split(b"\n"))
    if verdict != sheet_reader.FINE or len(lines) > rows or not all(isinstance(line, list) for line in lines):
        raise Unreadable(_why(verdict if isinstance(verdict, str) else "", rows, columns))
    return lines


def too_large() -> str:
    """Return the sentence for a file of more bytes than are taken."""
    return _("文件超过 %(n)d MB。") % {"n": LARGEST // MB}


def libraries(*packages: str) -> list[str]:
    """Return the folders a reader finds these packages in; it knows no other."""
    places = (Path(str(getattr(find_spec(package), "origin", ""))).parent.parent for package in packages)
    return [str(place) for place in dict.fromkeys(places)]


def said_by_reader(reader_file: str, data: bytes, words: Sequence[str], most: int) -> bytes:
    """Return what a reader wrote until it ended or was ended; what is more than it may say is left unread.

    :raises Busy: while others' files are being read.
    """
    if not _slots.acquire(blocking=False):
        raise Busy(_("同时上传的文件太多，请过几秒再上传一次。"))
    try:
        return _said(reader_file, data, words, most)
    finally:
        _slots.release()


def _said(reader_file: str, data: bytes, words: Sequence[str], most: int) -> bytes:
    reader = subprocess.Popen(  # noqa: S603  # our own script; all it is told are numbers and folders
        [sys.executable, "-I", "-S", reader_file, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env={},
        start_new_session=True,
    )  # fmt: skip
    clock = Timer(SECONDS, _end, [reader.pid])
    clock.daemon = True
    clock.start()
    assert reader.stdin
    assert reader.stdout
    try:
        with suppress(BrokenPipeError), reader.stdin:  # it may end before it has read all; what it said tells why
            reader.stdin.write(data)
        with reader.stdout:
            return reader.stdout.read(most)
    finally:
        clock.cancel()
        _end(reader.pid)
        reader.wait()


def _end(pid: int) -> None:
    """End the reader and whatever it may have started: they are a process group of their own."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _understood(line: bytes) -> Any:
    """Return a line of the reader as a row or a verdict, None for anything else: whoever broke it may say anything."""
    try:
        said = json.loads(line, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return None
    if isinstance(said, list):
        return said if all(isinstance(cell, str | int | float) for cell in said) else None
    return said if isinstance(said, str) else None


def _why(verdict: str, rows: int, columns: int) -> str:
    """Return the sentence for what the reader found; without a finding, the file was too much for it."""
    limits = {"rows": rows, "columns": columns}
    sentences = {
        sheet_reader.BROKEN: _("这个 Excel 文件已损坏或不是 Excel 文件。"),
        sheet_reader.LOCKED: _("文件有密码，请先取消密码。"),
        sheet_reader.OLD: _("请把旧版 Excel（.xls）另存为 .xlsx 或 CSV 再导入。"),
        sheet_reader.ODD: _("这个 Excel 文件的结构不正常。"),
        sheet_reader.MACROS: _("文件带有宏或嵌入的文件，请另存为普通的 .xlsx 再上传。"),
        sheet_reader.BIG: _("这个 Excel 文件展开后过大。"),
        sheet_reader.LONG: _("文件超过 %(n)d 行，请分段导出。") % {"n": rows},
        sheet_reader.WIDE: _("表格超过 %(rows)d 行或 %(columns)d 列，请分段导出。") % limits,
        sheet_reader.NO_TABLE: _("看不懂这个文件：请导出为 Excel（.xlsx）或 CSV。"),
    }
    heavy = _("文件内容过大或已损坏，没能读完。请只保留需要的行和列，另存为 .xlsx 或 CSV 再上传。")
    return sentences.get(verdict, heavy)
