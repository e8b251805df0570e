"""Read the rows of an Excel or CSV file that somebody uploads. No database.

A hostile file does no harm: its size, what it unpacks to, and the place of its furthest cell are looked at before it
is parsed.
"""

import csv
import io
import re
import zipfile
import zlib
from typing import Any, Final

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

MB: Final = 1024 * 1024
LARGEST: Final = 5 * MB
UNPACKED: Final = 60 * MB
RATIO: Final = 100
PARTS: Final = 200
BROKEN: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError)
PLACE: Final = re.compile(
    rb"""\br\s*=\s*["']([A-Za-z]{0,9})(\d{1,12})["']|\bref\s*=\s*["'][^"']*?([A-Za-z]+)(\d+)["']"""
)


class Unreadable(ValueError):
    """The file cannot be read, or is not what it should be; the message says why."""


def read_rows(data: bytes, *, rows: int, columns: int) -> list[list[Any]]:
    """Return the cells of the first sheet, at most so many rows and columns.

    :raises Unreadable: with a sentence to show for a file that is too large, broken, locked or no table at all.
    """
    if len(data) > LARGEST:
        raise Unreadable(_("文件超过 %(n)d MB。") % {"n": LARGEST // MB})
    found = _excel(data, rows, columns) if data[:4] == b"PK\x03\x04" else _text(data, rows)
    if len(found) > rows:
        raise Unreadable(_("文件超过 %(n)d 行，请分段导出。") % {"n": rows})
    return found


def _excel(data: bytes, rows: int, columns: int) -> list[list[Any]]:
    _refuse_bombs(data, rows, columns)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except PasswordError:
        raise Unreadable(_("文件有密码，请先取消密码。")) from None
    except (CalamineError, XmlError, ZipError, OSError, ValueError, IndexError):
        raise Unreadable(_("这个 Excel 文件已损坏或不是 Excel 文件。")) from None


def _refuse_bombs(data: bytes, rows: int, columns: int) -> None:
    """Unpack within limits, whatever the file says of itself, and look where its cells stand."""
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if len(parts.infolist()) > PARTS:
                raise Unreadable(_("这个 Excel 文件的结构不正常。"))
            for part in parts.infolist():
                with parts.open(part) as stream:
                    content = stream.read(UNPACKED - unpacked + 1)
                unpacked += len(content)
                if unpacked > min(UNPACKED, max(RATIO * len(data), MB)):
                    raise Unreadable(_("这个 Excel 文件展开后过大。"))
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise Unreadable(_("这个 Excel 文件的结构不正常。"))
                if part.filename.lower().startswith("xl/worksheets/"):
                    _refuse_far_cells(content, rows, columns)
    except Unreadable:
        raise
    except (*BROKEN, ValueError, EOFError, RuntimeError):
        raise Unreadable(_("这个 Excel 文件已损坏或不是 Excel 文件。")) from None


def _refuse_far_cells(content: bytes, rows: int, columns: int) -> None:
    if b"\x00" in content[:200]:
        raise Unreadable(_("这个 Excel 文件的结构不正常。"))  # UTF-16 would hide what is looked for
    for place in PLACE.finditer(content):
        letters, number = place[1] or place[3] or b"", int(place[2] or place[4])
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        if number > rows or column > columns:
            raise Unreadable(
                _("表格超过 %(rows)d 行或 %(columns)d 列，请分段导出。") % {"rows": rows, "columns": columns}
            )


def _text(data: bytes, rows: int) -> list[list[Any]]:
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable(_("请把旧版 Excel（.xls）另存为 .xlsx 或 CSV 再导入。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(_("看不懂这个文件：请导出为 Excel（.xlsx）或 CSV。"))
    if "\x00" in text or not text.strip():
        raise Unreadable(_("看不懂这个文件：请导出为 Excel（.xlsx）或 CSV。"))
    top = text[:4000]
    try:
        found = []
        for row in csv.reader(io.StringIO(text), delimiter=max(",\t;", key=top.count)):
            found.append(row)
            if len(found) > rows:
                raise Unreadable(_("文件超过 %(n)d 行，请分段导出。") % {"n": rows})
        return found
    except csv.Error:
        raise Unreadable(_("看不懂这个文件：请导出为 Excel（.xlsx）或 CSV。")) from None
