"""Each fund's books on paper: every entry with its lines, in parts small enough to be set in little memory."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from common.files import papers
from common.money import yuan
from services.funds.books.labels import KINDS
from services.funds.models import Fund
from services.ledger.models import Entry, Line

PAPER: Final = Path(__file__).parent / "papers" / "ledger.typ"
ENTRIES_A_PART: Final = 500


def parts(fund: Fund, today: dt.date) -> Iterator[tuple[str, bytes]]:
    """Yield (name, PDF) of each part of a fund's books, in Chinese; a fund without entries has one empty part."""
    last = Entry.objects.filter(book=fund.book_id).order_by("-number").values_list("number", flat=True).first() or 0
    starts = range(1, max(last, 1) + 1, ENTRIES_A_PART)
    for number, start in enumerate(starts, start=1):
        with translation.override("zh-hans"):
            says = _says(fund, start, start + ENTRIES_A_PART - 1, f"{number} / {len(starts)}")
        yield f"ledger/{fund.code}-{number:03d}.pdf", papers.pdf(PAPER, says, today)


def _says(fund: Fund, start: int, end: int, part: str) -> dict[str, str]:
    lines = (
        Line.objects.filter(entry__book=fund.book_id, entry__number__range=(start, end))
        .select_related("entry", "account")
        .order_by("entry__number", "position")
    )
    rows = [
        [
            str(line.entry.number) if is_first else "",
            f"{line.entry.occurred_on:%Y-%m-%d}", str(KINDS.get(line.entry.kind, line.entry.kind)), line.entry.memo,
            f"{line.account.code} {line.account.name}", yuan(line.amount) if line.amount > 0 else "",
            yuan(-line.amount) if line.amount < 0 else "", yuan(abs(line.balance_after)),
        ]
        for line, is_first in _marked(lines)
    ]  # fmt: skip
    heads = [_("凭证号"), _("日期"), _("事项"), _("摘要"), _("科目"), _("借方"), _("贷方"), _("余额")]
    about = {"code": fund.code, "host": fund.custodian, "on": f"{fund.opened_on:%Y-%m-%d}"}
    return {
        "title": _("%(fund)s 账簿") % {"fund": fund.name}, "part": part,
        "about": _("基金编号 %(code)s，托管 %(host)s，设立于 %(on)s。单位：元。") % about,
        "heads": json.dumps(heads), "rows": json.dumps(rows),
    }  # fmt: skip


def _marked(lines: "QuerySet[Line]") -> Iterator[tuple[Line, bool]]:
    """Yield each line and whether it is its entry's first one."""
    before = 0
    for line in lines:
        yield line, line.entry_id != before
        before = line.entry_id
