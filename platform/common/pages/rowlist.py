"""A list of rows worked out in Python (a ranking), alike in everything to a list from the database."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest

from common.pages.listing import Listing
from common.pages.table import Column


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
