"""A published report's figures as rows for a page: its numbers stand frozen in JSON, the words are today's."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import yuan
from common.pages.table import Column, Table
from disclosure.words import category

NUMBERS: Final = {
    "opening": gettext_lazy("期初余额"),
    "income_total": gettext_lazy("收入合计"),
    "spending_total": gettext_lazy("支出合计"),
    "closing": gettext_lazy("期末余额"),
    "bank": gettext_lazy("其中银行存款"),
    "goods": gettext_lazy("其中库存物资（按计价）"),
    "reserved": gettext_lazy("期末已承诺未付"),
    "raised": gettext_lazy("公众捐赠"),
    "matched": gettext_lazy("配捐"),
    "target": gettext_lazy("募款目标"),
}
COUNTS: Final = {
    "grants": gettext_lazy("已付资助"),
    "people": gettext_lazy("受助人数"),
    "households": gettext_lazy("受助户数"),
    "donations": gettext_lazy("捐赠笔数"),
}


PURPOSES: Final = (
    Column("name", gettext_lazy("用途")),
    Column("came_in", gettext_lazy("本期收入"), kind="money"),
    Column("went_out", gettext_lazy("本期支出"), kind="money"),
    Column("left", gettext_lazy("期末余额"), kind="money"),
)


@dataclass(frozen=True)
class PurposeFigures:
    """What came in for a purpose in a report's period, what went out, and what was left at its end, in yuan."""

    name: str
    came_in: Decimal
    went_out: Decimal
    left: Decimal


@dataclass(frozen=True)
class Group:
    """A titled table of a report: rows of (label, text)."""

    title: str
    rows: list[tuple[Any, str]]


def figure_rows(figures: Mapping[str, Any]) -> list[Group]:
    """Return a report's figures as groups of rows; a name that has no words here is left out."""
    groups = [
        Group(_("收支"), [(label, _yuan(figures[name])) for name, label in NUMBERS.items() if name in figures]),
        Group(_("收入"), [(category(code), _yuan(value)) for code, value in (figures.get("income") or {}).items()]),
        Group(_("支出"), [(category(code), _yuan(value)) for code, value in (figures.get("spending") or {}).items()]),
        Group(_("人数与笔数"), [(label, str(figures[name])) for name, label in COUNTS.items() if name in figures]),
    ]
    if figures.get("output"):
        done, target, unit = (figures.get(f"output_{name}", "") for name in ("done", "target", "unit"))
        groups.append(Group(_("成果"), [(figures["output"], f"{done} / {target} {unit}")]))
    return [group for group in groups if group.rows]


def purpose_table(figures: Mapping[str, Any]) -> Table:
    """Return what came in and went out for each purpose."""
    rows = [
        PurposeFigures(row.get("name", ""), *(Decimal(row.get(key, "0")) for key in ("came_in", "went_out", "left")))
        for row in figures.get("purposes") or []
    ]
    return Table(PURPOSES, rows, _("按用途"))


def _yuan(value: Any) -> str:
    return yuan(Decimal(str(value)))
