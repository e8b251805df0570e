"""One list, alike everywhere: filter, search, sort, pages, and an Excel file of exactly what is filtered.

The address holds the whole state: `q` words, `sort` a column's name ("-name" falls), `page`, `size`, and whatever the
filter form asks. A wrong value never breaks a page: it is taken as not given.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol, cast

from django.contrib.admin.utils import lookup_spawns_duplicates
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import urlencode

from common.pages import list_sheet
from common.pages.list_sheet import CHUNK, EXPORT_ROWS, Sheet
from common.pages.table import Column, Head

Search = Callable[["QuerySet[Any]", str], "QuerySet[Any]"]
SIZES: Final = (10, 20, 50, 100)
SIZE: Final = 20
LONGEST_SEARCH: Final = 100
FIELDS_SHOWN: Final = 3


@dataclass(frozen=True)
class Fold:
    """A filter's fields: those always seen, and those behind 展开, which stand open when one of them is set.

    `set` counts all that are set: on a phone every field is behind one switch.
    """

    shown: list[BoundField]
    rest: list[BoundField]
    is_open: bool
    set: int


def folded(form: BaseForm | None) -> Fold:
    """Return the fields of a filter form, beyond the third folded away."""
    fields = form.visible_fields() if form else []
    rest = fields[FIELDS_SHOWN:]
    is_set = sum(bool(field.value()) for field in fields)
    return Fold(fields[:FIELDS_SHOWN], rest, any(field.value() or field.errors for field in rest), is_set)


class Narrows(Protocol):
    """A filter form: `narrow` keeps the rows it asks for."""

    def is_valid(self) -> bool: ...

    def narrow(self, rows: Any) -> Any: ...


class Listing:
    """One page of a filtered, sorted list; iterate it for its rows.

    `beyond` is true when the address asked for a page after the last: the last one is shown and the page says so.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        *,
        columns: Sequence[Column],
        order: str,
        search: "Sequence[str] | Search" = (),
        form: Narrows | None = None,
    ) -> None:
        """Read the state from the request's query.

        :param order: the name of the column to sort by at first, "-name" to fall.
        :param search: ORM paths that the words of `q` are looked for in; every word must be found in one of them. Or a
            function that takes the rows and the words and gives the rows found.
        """
        self.request = request
        self.query: QueryDict = request.GET
        self.path = request.path
        self.columns = columns
        self.order = order
        self.form = form
        self.search = search
        self.searches = bool(search)
        self.words = self.query.get("q", "").strip()[:LONGEST_SEARCH]
        self.sort = self._sort(order)
        self.visible: Any = rows  # a sequence in a RowList
        self.rows = self._narrowed(rows)

    def _sort(self, order: str) -> str:
        sortable = {column.name for column in self.columns if column.sort}
        asked = self.query.get("sort", "")
        return asked if asked.removeprefix("-") in sortable else order

    def _narrowed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        if callable(self.search):
            rows = self.search(rows, self.words) if self.words else rows
        else:
            for word in dict.fromkeys(self.words.split()) if self.search else []:
                rows = _found(rows, self.search, word)
        if self.form is not None and self.form.is_valid():
            rows = self.form.narrow(rows)
        named = {column.name: column.sort for column in self.columns}
        path = named.get(self.sort.removeprefix("-")) or "pk"
        falls = "-" if self.sort.startswith("-") else ""
        return rows.order_by(f"{falls}{path}", f"{falls}pk")

    @property
    def is_filtered(self) -> bool:
        """Tell whether the address narrows the list at all: then an empty list says so."""
        own = {"sort", "page", "size", "export"}
        return any(value for name, values in self.query.lists() if name not in own for value in values)

    @property
    def criteria(self) -> str:
        """Return what can be saved of the address, in one fixed order: what is filtered and how it is sorted."""
        own = {"q", "page", "size", "export"}
        kept = [
            (name, value)
            for name, values in sorted(self.query.lists())
            for value in values
            if value and name not in own and (name, value) != ("sort", self.order)
        ]
        return urlencode(kept)

    @cached_property
    def size(self) -> int:
        asked = self.query.get("size", "")
        return next((size for size in SIZES if asked == str(size)), SIZE)

    @cached_property
    def page(self) -> "Page[Any]":
        return self.paginator.get_page(self.query.get("page", "1")[:12])

    @cached_property
    def paginator(self) -> "Paginator[Any]":
        return Paginator(self.rows, self.size)

    def __iter__(self) -> Any:
        return iter(self.page)

    def __bool__(self) -> bool:
        return self.total > 0

    @property
    def total(self) -> int:
        return self.paginator.count

    @property
    def beyond(self) -> bool:
        asked = self.query.get("page", "")[:12]
        return asked.isascii() and asked.isdigit() and int(asked) > self.page.paginator.num_pages

    @property
    def numbers(self) -> list[int | None]:
        """Return the page numbers to offer, None where some are left out: 1 None 4 5 6 None 40."""
        last, here = self.page.paginator.num_pages, self.page.number
        shown = sorted({1, last, *(number for number in range(here - 1, here + 2) if 1 <= number <= last)})
        numbers: list[int | None] = []
        for number in shown:
            if numbers and number - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers

    @property
    def sizes(self) -> Sequence[int]:
        return SIZES

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the state a size or filter form carries on: everything but the page and the size."""
        return [
            (name, value) for name, values in self.query.lists() if name not in ("page", "size") for value in values
        ]

    @property
    def sorts(self) -> list[tuple[str, Any, bool]]:
        """Return each way to sort, as (value of `sort`, the column's label, whether it falls): phones show no heads."""
        ways = [column for column in self.columns if column.sort]
        found = [(f"{'-' * falls}{one.name}", one.heading, falls) for one in ways for falls in (False, True)]
        return found if self.sort in {value for value, _label, _falls in found} else []

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return column.head
        rises, falls = self.sort == column.name, self.sort == f"-{column.name}"
        direction = "ascending" if rises else "descending" if falls else ""
        href = self.href(sort=f"-{column.name}" if rises else column.name)
        return Head(column.heading, column.kind, column.wide, href, direction)

    def href(self, **changes: Any) -> str:
        """Return this list's address with `changes`, from its first page."""
        query = self.query.copy()
        for name in ("page", "export"):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = str(value)
        return f"{self.path}?{query.urlencode()}"

    @property
    def export_href(self) -> str:
        return self.href(export="xlsx")

    @property
    def wants_export(self) -> bool:
        return self.query.get("export") == "xlsx"

    def export(self, title: str, told: Callable[[], Any] | None = None) -> HttpResponse:
        """Answer the Excel file of every filtered row, in the page's order; at most 50,000 rows.

        :param told: writes the line of the log; called once for each file that is really asked for.
        """
        return list_sheet.answer(self.request, self.sheet(title, told))

    def sheet(self, title: str, told: Callable[[], Any] | None) -> Sheet:
        """Return what the list's file holds."""
        heads = [column.heading for column in self.columns if column.is_data]
        total = min(self.total, EXPORT_ROWS)
        return Sheet(title, heads, total, self.exported, self._cells, self._keyed(), told)

    def exported(self) -> Iterable[Any]:
        """Return the records of the file."""
        rows: Iterable[Any] = self.rows[:EXPORT_ROWS].iterator(chunk_size=CHUNK)
        return rows

    def _cells(self, row: Any) -> list[Any]:
        return [column.of(row) for column in self.columns if column.is_data]

    def _keyed(self) -> "QuerySet[Any] | None":
        return self.visible if isinstance(self.visible, QuerySet) else None


class RowList(Listing):
    """Takes a sequence of rows instead of a queryset; `search` names attributes. Sorts by a column's own value."""

    def __init__(
        self, request: HttpRequest, rows: Sequence[Any], *, columns: Sequence[Column], order: str, search: Sequence[str]
    ) -> None:
        self.names = search
        super().__init__(request, cast("QuerySet[Any]", rows), columns=columns, order=order, search=search)

    def _narrowed(self, rows: Any) -> Any:
        kept = list(rows)
        for word in self.words.casefold().split():
            kept = [row for row in kept if any(word in str(getattr(row, name)).casefold() for name in self.names)]
        column = next((each for each in self.columns if each.name == self.sort.removeprefix("-")), None)
        if column is not None and column.sort:
            kept.sort(key=lambda row: _order(getattr(row, column.sort)), reverse=self.sort.startswith("-"))
        return kept

    def exported(self) -> Iterable[Any]:
        """Return every kept row."""
        return self.rows


def _order(value: Any) -> tuple[bool, Any]:
    """What is not known stands first."""
    return (value is not None, value if value is not None else 0)


def _found(rows: "QuerySet[Any]", paths: Sequence[str], word: str) -> "QuerySet[Any]":
    """Keep the rows that have the word in one of the paths.

    A path that leads to many is looked through in a question of its own: joined, each word would multiply the rows by
    all that each leads to, and fifty words would hold a thread and the database for hours.
    """
    if any(lookup_spawns_duplicates(rows.model._meta, path) for path in paths):
        return rows.filter(pk__in=rows.model._default_manager.filter(_anywhere(paths, word)).order_by().values("pk"))
    return rows.filter(_anywhere(paths, word))


def _anywhere(paths: Sequence[str], word: str) -> Q:
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__icontains": word})
    return found
