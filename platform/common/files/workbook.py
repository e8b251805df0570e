"""Excel files: text stays text, numbers and days stay numbers and days."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from common.dates import SHANGHAI

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST: Final = 40


def answer(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer `<title>.xlsx` with one sheet of `heads` and `rows`."""
    return handed(title, written(heads, rows))


def handed(title: str, book: io.BytesIO) -> HttpResponse:
    """Answer a written book as the file `<title>.xlsx`."""
    return HttpResponse(book.getvalue(), content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition(title)})


def disposition(title: str) -> str:
    return content_disposition_header(as_attachment=True, filename=f"{title}.xlsx") or ""


def written(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> io.BytesIO:
    """Return an Excel file with one sheet of `heads` and `rows`; the rows are taken one by one and not kept.

    Strings are written as strings, so that a cell beginning with = + - @ runs nothing; numbers, days and moments
    (Shanghai time) keep their type; True and False are 是 and 否; None is an empty cell.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bg_color": "#E6F1EF", "border": 1, "border_color": "#DBE3E1"})
    formats = {
        dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
        Decimal: book.add_format({"num_format": "0.00##"}),
    }
    for column, head in enumerate(heads):
        sheet.set_column(column, column, min(max(len(head) * 2.4, 12), WIDEST))
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            write(sheet, number, column, value, formats)
    book.close()
    return file


def write(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    """Write one cell by the type of its value; whatever has no type of its own in Excel is written as text."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, _("是") if value else _("否"))
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, formats.get(type(value)))
    elif isinstance(value, dt.datetime):
        local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, local, formats[dt.datetime])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, formats[dt.date])
    else:
        sheet.write_string(row, column, str(value))
