"""A column written once: its cell on the page, on a phone, and in the Excel file."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Engine, Template
from django.template.loader import render_to_string

from common.pages.table import Column, Table


@dataclass(frozen=True)
class Gift:
    name: str
    amount: Decimal | None
    given_on: dt.date
    state: str = "waiting"


GIFT = Gift("<b>王</b>", Decimal("1234.50"), dt.date(2026, 11, 21))


def cell(column: Column, row: Any = GIFT) -> str:
    return Template("{% cell column row %}").render(Context({"column": column, "row": row}))


def test_a_head_begins_large_whatever_the_catalogue_says() -> None:
    """English writes units and roles small within a sentence; on top of a column they begin a line."""
    column = Column("name", "contacts", sort="name")
    assert column.head.label == "Contacts"
    assert 'data-label="Contacts"' in cell(column)
    assert Column("name", "姓名").heading == "姓名"


@pytest.mark.parametrize(
    ("column", "html"),
    [
        (Column("name", "姓名"), '<td data-label="姓名">&lt;b&gt;王&lt;/b&gt;</td>'),
        (Column("amount", "金额", kind="money"), '<td class="number text-nowrap" data-label="金额">¥1,234.50</td>'),
        (Column("amount", "数", kind="number"), '<td class="number text-nowrap" data-label="数">1234.5</td>'),
        (Column("given_on", "日期", wide=True), '<td class="only-desk text-nowrap" data-label="日期">2026-11-21</td>'),
        (Column("none", "无", value=lambda row: None), '<td data-label="无">–</td>'),
        (Column("yes", "是否", value=lambda row: True), '<td data-label="是否">是</td>'),
        (
            Column("name", "姓名", href=lambda row: "/a/?b=1&c=2"),
            '<td data-label="姓名"><a href="/a/?b=1&amp;c=2">&lt;b&gt;王&lt;/b&gt;</a></td>',
        ),
        (
            Column("state", "状态", kind="state", value=lambda row: "待办"),
            '<td data-label="状态"><span class="pill pill-warn">待办</span></td>',
        ),
        (
            Column("state", "状态", kind="state", value=lambda row: "好", tone=lambda row: "good"),
            '<td data-label="状态"><span class="pill pill-good">好</span></td>',
        ),
    ],
)
def test_a_cell_is_written_as_the_house_writes_it(column: Column, html: str) -> None:
    assert cell(column) == html


def test_nothing_is_no_link_and_no_pill() -> None:
    assert "<a" not in cell(Column("x", "无", value=lambda row: "", href=lambda row: "/"))
    assert "pill" not in cell(Column("state", "状态", kind="state", value=lambda row: ""))


def test_what_can_be_done_with_a_row_stays_on_the_page() -> None:
    acts = Column("acts", "操作", kind="acts", template="_gallery_acts.html")

    assert cell(acts).startswith('<td class="row-acts"><a ')
    assert not acts.is_data
    assert acts.of(GIFT) is None


def test_a_table_has_its_heads_rows_and_totals() -> None:
    columns = (Column("name", "姓名"), Column("amount", "金额", kind="money"))
    table = Table(columns, [GIFT, GIFT], "捐赠", foot=["合计", Decimal("2469")])

    page = render_to_string("_components/table.html", {"table": table})

    assert page.count("<tr>") == 4
    assert "¥2,469.00" in page.split("<tfoot>")[1]
    assert '<caption class="visually-hidden">捐赠</caption>' in page


def test_totals_that_miss_a_column_are_a_fault_of_ours() -> None:
    table = Table((Column("name", "姓名"), Column("amount", "金额")), [GIFT], "捐赠", foot=["合计"])

    with pytest.raises(ValueError, match="shorter"):
        _ = table.totals


def test_a_section_is_a_card_with_a_head() -> None:
    page = (
        Engine.get_default()
        .from_string('{% section title href="/all/" label="全部" %}<p>内</p>{% endsection %}')
        .render(Context({"title": "<资料>"}))
    )

    assert '<section class="card" aria-label="&lt;资料&gt;">' in page
    assert "<p>内</p>" in page
    assert '<a href="/all/">全部</a>' in page
