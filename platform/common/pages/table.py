"""Columns, and a table of rows that stand on a page as they are.

A column is written once: its head, its cell on the page, its line of a card on a phone, its cell in the Excel file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from common.pages import choices, tones


@dataclass(frozen=True)
class Head:
    """A column's head on a page: `href` sorts by it, `direction` is ascending, descending or ''."""

    label: Any
    kind: str
    wide: bool
    href: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a list or a table.

    `value` takes a row and gives what stands there, on the page and in the Excel file (by default the attribute called
    `name`); days, moments, sums and numbers are written as the house writes them. `kind` is

    - text, number, money (yuan);
    - state: a choice field's words in its colour; `tone` gives the colour where the code of the state does not;
    - acts: what can be done with the row. It needs a `template` and stays on the page.

    `sort` names the ORM ordering ("" = cannot be sorted). `href` makes the cell a link. `template` draws a cell that
    holds more than one thing, in place of all this; it knows the page's context, `row` and `value`. A `wide` column is
    left out on phones.
    """

    name: str
    label: Any
    sort: str = ""
    value: Callable[[Any], Any] | None = None
    kind: str = "text"
    wide: bool = False
    href: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    template: str = ""

    def of(self, row: Any) -> Any:
        """Return what the row has in this column."""
        if self.value:
            return self.value(row)
        if self.kind == "acts":
            return None
        return choices.words(row, self.name) if self.kind == "state" else getattr(row, self.name)

    def tone_of(self, row: Any) -> str:
        """Return good, warn, bad, busy or quiet for a state."""
        return self.tone(row) if self.tone else tones.tone_of(str(getattr(row, self.name)))

    @property
    def is_data(self) -> bool:
        return self.kind != "acts"

    @property
    def is_number(self) -> bool:
        return self.kind in ("number", "money")

    @property
    def heading(self) -> str:
        """The label as it stands on top: an English word that begins small within a sentence begins large here."""
        return capfirst(str(self.label))

    @property
    def head(self) -> Head:
        return Head(self.heading, self.kind, self.wide)


def label(name: str) -> Callable[[Any], Any]:
    """Return a column's value: the words of the choice field `name`."""
    return lambda row: choices.words(row, name)


@dataclass(frozen=True)
class Table:
    """Rows without search or pages, for table.html. `foot` are the cells of a last row of totals, one for each column
    (None = empty)."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: Any
    foot: Sequence[Any] = ()

    @property
    def heads(self) -> list[Head]:
        return [column.head for column in self.columns]

    @property
    def totals(self) -> list[tuple[Column, Any]]:
        return list(zip(self.columns, self.foot, strict=True)) if self.foot else []

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
