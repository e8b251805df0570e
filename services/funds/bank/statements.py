"""Read a bank statement, whatever bank made it: which column is what, and one line for each movement. No database."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from common.files import sheets
from common.files.sheets import LARGEST as LARGEST
from common.files.sheets import MB as MB
from common.files.sheets import Unreadable as Unreadable
from common.money import NoAmount, read_yuan

ROWS: Final = 20_000
COLUMNS: Final = 60
CELL: Final = 1_000
HEAD_WITHIN: Final = 30
PROBLEMS: Final = 5
DATE: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:\D.*|\d{6})?", re.DOTALL)
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "on": ("交易日期", "日期", "记账日期", "入账日期", "交易时间", "记账时间", "入账时间"),
    "came": ("收入", "收入金额", "贷方发生额", "贷方金额", "贷方", "存入", "存入金额", "转入金额", "收款金额"),
    "went": ("支出", "支出金额", "借方发生额", "借方金额", "借方", "支取", "支取金额", "转出金额", "付款金额"),
    "amount": ("金额", "交易金额", "发生额"),
    "side": ("借贷标志", "收支标志", "借贷", "收/支", "收支", "借/贷", "交易方向", "收付标志"),
    "counterparty": (
        "对方户名",
        "对方名称",
        "对方账户名称",
        "对方账户名",
        "对方单位",
        "对方单位名称",
        "交易对手",
        "对手户名",
    ),
    "summary": ("摘要", "交易摘要", "用途", "附言", "备注"),
    "reference": ("流水号", "交易流水号", "交易流水", "核心流水号", "业务编号", "凭证号", "凭证号码"),
}
OUT: Final = frozenset({"借", "支", "支出", "付", "D", "出", "借方"})
IN: Final = frozenset({"贷", "收", "收入", "C", "入", "贷方"})


@dataclass(frozen=True)
class StatementLine:
    """One movement: `amount` in yuan, above zero it came in."""

    on: dt.date
    amount: Decimal
    counterparty: str = ""
    summary: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Statement:
    """`columns` are (field, its head in the file) as understood; `left_out` rows had no day or no amount."""

    columns: tuple[tuple[str, str], ...]
    lines: tuple[StatementLine, ...]
    left_out: int


def read_statement(data: bytes, today: dt.date) -> Statement:
    """Return what a file of Excel or CSV says.

    :raises Unreadable: with a sentence to show, naming the rows that cannot be read.
    """
    rows = sheets.read_rows(data, rows=ROWS + HEAD_WITHIN, columns=COLUMNS)
    at, columns = _head(rows)
    lines, problems, left_out = [], [], 0
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        try:
            line = _line({field: row[place] if place < len(row) else "" for field, place in columns.items()}, today)
        except ValueError as wrong:
            problems.append(_("第 %(row)d 行：%(why)s") % {"row": number, "why": wrong})
            if len(problems) == PROBLEMS:
                break
            continue
        if line is None:
            left_out += 1
        else:
            lines.append(line)
    if problems:
        raise Unreadable(" ".join(problems))
    if not lines:
        raise Unreadable(_("文件里没有收支明细。"))
    return Statement(
        tuple((field, _plain(rows[at][place])) for field, place in columns.items()), tuple(lines), left_out
    )


def _head(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Find the row of heads: one that names a day and an amount. Fields are taken in the order of HEADS' words."""
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        heads = [re.sub(r"\(.*?\)", "", _plain(cell)).replace(" ", "") for cell in row[:COLUMNS]]
        found = {}
        for field, names in HEADS.items():
            place = next((heads.index(name) for name in names if name in heads), None)
            if place is not None:
                found[field] = place
        if "on" in found and ("amount" in found or "came" in found or "went" in found):
            if "came" in found or "went" in found:
                found.pop("amount", None)
                found.pop("side", None)
            return number, found
    raise Unreadable(_("没有找到表头：需要“交易日期”，以及“收入”“支出”或“金额”。"))


def _line(cells: dict[str, Any], today: dt.date) -> StatementLine | None:
    """Return a row as a line, None if it is none (a sum, an empty row).

    :raises ValueError: with the reason if it is one that cannot be read.
    """
    if any(len(str(cell)) > CELL for cell in cells.values()):
        raise ValueError(_("单元格内容过长。"))
    on = _day(cells["on"])
    if on is None:
        return None
    if not dt.date(2000, 1, 1) <= on <= today:
        raise ValueError(_("日期 %(day)s 不在合理范围内。") % {"day": on})
    amount = _amount(cells.get("came", "")) - abs(_amount(cells.get("went", "")))
    if "amount" in cells:
        amount, side = _amount(cells["amount"]), _plain(cells.get("side", "")).upper()
        if side in OUT:
            amount = -abs(amount)
        elif side and side not in IN:
            raise ValueError(_("看不懂收支方向“%(side)s”。") % {"side": side[:20]})
    if not amount:
        return None
    words = {"counterparty": 100, "summary": 200, "reference": 60}
    return StatementLine(on, amount, **{name: _plain(cells.get(name, ""))[:longest] for name, longest in words.items()})


def _day(cell: Any) -> dt.date | None:
    text = _plain(cell)
    if not text or text.strip("-—:：").replace(" ", "") in ("合计", "总计", "小计", "本页合计", "累计", ""):
        return None
    found = DATE.fullmatch(text)
    try:
        return dt.date(*(int(part) for part in found.groups()[:3])) if found else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> dt.date:
    raise ValueError(_("看不懂日期“%(text)s”。") % {"text": text[:20]})


def _amount(cell: Any) -> Decimal:
    text = _plain(cell).replace("−", "-")
    if text in ("", "-", "--", "—") or re.fullmatch(r"[-+]?0*(\.0*)?", text):
        return Decimal(0)
    negative = text.startswith("-") or (text.startswith("(") and text.endswith(")"))
    try:
        amount = read_yuan(text.strip("()").lstrip("-+"))
    except NoAmount as refusal:
        raise ValueError(_("金额“%(text)s”：%(why)s") % {"text": text[:20], "why": refusal}) from None
    return -amount if negative else amount


def _plain(cell: Any) -> str:
    """Return a cell as text: no idle decimals, narrow letters, none of the marks banks put before long numbers."""
    if isinstance(cell, float):
        cell = f"{cell:.2f}" if cell != int(cell) and round(cell, 2) == cell else f"{Decimal(str(cell)):f}"
        cell = cell.removesuffix(".0")
    text = unicodedata.normalize("NFKC", str(cell)).strip().strip("\t'")
    text = text[2:-1] if text.startswith('="') and text.endswith('"') else text
    return "".join(letter for letter in text if letter.isprintable()).strip()
