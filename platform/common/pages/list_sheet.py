"""The Excel file of a list: answered at once, and by the worker where it is long."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.files import workbook

EXPORT_ROWS: Final = 50_000
CHUNK: Final = 2000


@dataclass(frozen=True)
class Sheet:
    """What a list's file holds.

    `rows` gives its records, in pieces and anew at each call; `cells` makes one row of the file of one record.
    `total` is how many there will be. `visible` are the records this person may see before anything was searched or
    filtered, None where records have no key. `told` writes the log's line, once for each file that is asked for.
    """

    title: str
    heads: Sequence[str]
    total: int
    rows: Callable[[], Iterable[Any]]
    cells: Callable[[Any], Sequence[Any]]
    visible: "QuerySet[Any] | None" = None
    told: Callable[[], Any] | None = None

    def book(self, met: Callable[[Any], Any] | None = None) -> io.BytesIO:
        """Return the Excel file; `met` is shown each record once it is written."""

        def lines() -> Iterator[Sequence[Any]]:
            for record in self.rows():
                yield self.cells(record)
                if met:
                    met(record)

        with transaction.atomic():  # only there the rows come in pieces
            return workbook.written(self.heads, lines())


def answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Answer the file, or the page that offers to have a long one made.

    Whoever asks a list for its sheet alone (platform/list_files/rendering.py) stands on the request as `takes_sheet`.
    """
    if take := getattr(request, "takes_sheet", None):
        taken: HttpResponse = take(sheet)
        return taken
    if sheet.total > settings.EXPORT_AT_ONCE and request.user.is_authenticated:
        return render(
            request,
            "list_files/offer.html",
            {"sheet": sheet, "most": EXPORT_ROWS, "address": request.get_full_path(), "back": _without_export(request)},
        )
    if sheet.told:
        sheet.told()
    return workbook.handed(sheet.title, sheet.book())


def _without_export(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("export", None)
    return f"{request.path}?{query.urlencode()}"
