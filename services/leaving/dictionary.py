"""The data dictionary of an export: every column of every table, what it is called in both languages, and what is left
out and why."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from services.leaving.archive import BOM
from services.leaving.tables import HELD_BACK, Column, Table

HEADS = ["table", "column", "type", "label_zh", "label_en", "personal", "given", "what"]


def as_csv(tables: Sequence[Table]) -> bytes:
    """Return the dictionary with a line for each column, and one for each table that is held back."""
    text = io.StringIO()
    text.write(BOM)
    sheet = csv.writer(text)
    sheet.writerow(HEADS)
    for table in tables:
        for column in table.columns:
            sheet.writerow([
                f"{table.folder}/{table.name}", column.name, column.type, column.label("zh-hans"), column.label("en"),
                "yes" if column.is_personal else "no", "no" if column.is_secret else "yes", table.words,
            ])  # fmt: skip
    for label, why in HELD_BACK.items():
        sheet.writerow([f"shared/{_table_of(label)}", "*", "", "", "", "", "no", str(why)])
    return text.getvalue().encode()


def as_html(tables: Sequence[Table], agency: str) -> bytes:
    """Return the dictionary as a page to read."""
    described = [(table, [_described(column) for column in table.columns]) for table in tables]
    held_back = [(_table_of(label), why) for label, why in HELD_BACK.items()]
    return render_to_string(
        "leaving/dictionary.html", {"tables": described, "held_back": held_back, "agency": agency}
    ).encode()


def _described(column: Column) -> dict[str, Any]:
    return {
        "name": column.name, "type": column.type, "zh": column.label("zh-hans"), "en": column.label("en"),
        "personal": _("是") if column.is_personal else _("否"), "is_secret": column.is_secret,
    }  # fmt: skip


def _table_of(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.db_table)
    except LookupError:
        return label
