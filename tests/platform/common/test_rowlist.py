"""A list of rows worked out in Python sorts, searches, pages and exports like any other."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from common.pages.listing import RowList
from common.pages.table import Column


@dataclass(frozen=True)
class Place:
    name: str
    total: float | None


COLUMNS = (
    Column("name", "站点", sort="name"),
    Column("total", "得分", sort="total", kind="number"),
    Column("note", "注"),
)
ROWS = [Place("Beta", 2), Place("Alpha", None), Place("Gamma", 3)]


def listed(query: str = "", rows: list[Place] = ROWS) -> RowList:
    request = RequestFactory().get(f"/ranking/?{query}")
    return RowList(request, rows, columns=COLUMNS, order="name", search=("name",))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Alpha", "Beta", "Gamma"]),
        ("sort=-name", ["Gamma", "Beta", "Alpha"]),
        ("sort=total", ["Alpha", "Beta", "Gamma"]),
        ("sort=-total", ["Gamma", "Beta", "Alpha"]),
        ("sort=note", ["Alpha", "Beta", "Gamma"]),
        ("q=AL", ["Alpha"]),
        ("q=a+m", ["Gamma"]),
        ("q=zzz", []),
        ("page=99", ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_the_address_decides_what_is_shown(query: str, names: list[str]) -> None:
    assert [row.name for row in listed(query)] == names


def test_pages() -> None:
    many = [Place(f"{number:03d}", number) for number in range(45)]
    second: Any = listed("size=20&page=3", many)
    assert (second.total, next(iter(second)).name, len(list(second))) == (45, "040", 5)


@pytest.mark.usefixtures("public")
def test_the_excel_file_holds_every_kept_row() -> None:
    columns = COLUMNS[:2]
    request = RequestFactory().get("/ranking/?q=a&size=10")
    request.user = AnonymousUser()
    answer = RowList(request, ROWS, columns=columns, order="-total", search=("name",)).export("排名")
    assert answer.content.startswith(b"PK")
