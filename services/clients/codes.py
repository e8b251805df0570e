"""The versioned list of client categories: data, read once."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Category:
    """A row of the list; `group` is statutory (YS-08) or hardship (BJ-04), `clause` the fact it stands on."""

    code: str
    title: str
    title_en: str
    group: str
    clause: str

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return self.title_en if (get_language() or "").startswith("en") else self.title


@dataclass(frozen=True)
class CodeList:
    """One version of the list, in force from a day until a later version's day."""

    version: str
    valid_from: dt.date
    categories: tuple[Category, ...]

    def by_code(self) -> dict[str, Category]:
        return {category.code: category for category in self.categories}


@cache
def versions() -> tuple[CodeList, ...]:
    """Return every version, oldest first.

    :raises ValueError: naming file and code if a code stands twice.
    """
    lists = []
    for file in sorted(DATA.glob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        code_list = CodeList(data["version"], data["valid_from"], tuple(Category(**row) for row in data["category"]))
        if len(code_list.by_code()) != len(code_list.categories):
            raise ValueError(f"{file.name}: a code stands twice")
        lists.append(code_list)
    return tuple(sorted(lists, key=lambda code_list: code_list.valid_from))


def in_force(on: dt.date) -> CodeList:
    """Return the version of a day; days before the first version use the first."""
    begun = [code_list for code_list in versions() if code_list.valid_from <= on]
    return begun[-1] if begun else versions()[0]


def title_of(code: str) -> str:
    """Return a code's name in the newest version that knows it, or the code itself."""
    for code_list in reversed(versions()):
        if category := code_list.by_code().get(code):
            return category.name
    return code
