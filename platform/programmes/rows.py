"""A row of a programme's file that reads its own fields and notes what is wrong, with file, row number and code."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from programmes.measures import MEASURES


class Row:
    """`number` counts rows from 1 in the order of the file; 0 is the head of the file."""

    def __init__(self, file: str, number: int, values: dict[str, Any], problems: list[str]) -> None:
        self.file = file
        self.number_in_file = number
        self.values = values
        self.problems = problems

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def problem(self, reason: str) -> None:
        code = self.values.get("code")
        place = f", row {self.number_in_file}" if self.number_in_file else ""
        self.problems.append(f"{self.file}{place}{f' ({code})' if code else ''}: {reason}")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        value = self.values.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.problem(f"{name} is missing" if value in (None, "") else f"{name} must be a text")
            return ""
        return value

    def code(self) -> str:
        return self.text("code")

    def number(self, name: str, default: Decimal | None = None) -> Decimal:
        """Return a finite number of 0 or more."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.problem(f"{name} is missing" if value is None else f"{name} must be a number")
            return Decimal(0)
        number = Decimal(value)
        if not number.is_finite() or number < 0:
            self.problem(f"{name} must not be below 0")
            return Decimal(0)
        return number

    def flag(self, name: str) -> bool:
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            self.problem(f"{name} must be true or false")
        return value is True

    def day(self, name: str) -> date:
        value = self.values.get(name)
        if isinstance(value, datetime) or not isinstance(value, date):
            self.problem(f"{name} is missing" if value is None else f"{name} must be a date such as 2026-01-01")
            return date.min
        return value

    def measure(self, name: str = "measure", *, optional: bool = False) -> str:
        if optional and name not in self.values:
            return ""
        code = self.text(name)
        if code and code not in MEASURES:
            self.problem(f"unknown measure {code!r}")
            return ""
        return code

    def only(self, words: Iterable[str]) -> None:
        """Note every field that is not one of `words`: a typing slip must not pass in silence."""
        for name in sorted(set(self.values) - set(words)):
            self.problem(f"unknown field {name!r}")
