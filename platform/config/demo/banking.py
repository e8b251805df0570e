"""The demo's bank statement: what the bank saw of the older fund in the last months, most of it matched."""

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Final

from config.demo.charity import Charity
from config.demo.plan import months_before
from services.funds.bank import actions as bank_actions
from services.funds.books.chart import BANK
from services.ledger.models import Line

HEADS: Final = ("交易日期", "收入", "支出", "对方户名", "摘要", "流水号")
MONTHS: Final = 5


def take_in_statement(charity: Charity) -> None:
    """Take a statement in: the books' own movements as the bank wrote them, and two that nobody has booked yet."""
    since = months_before(charity.today, MONTHS)
    moved = (
        Line.objects.filter(account__book=charity.fund.book_id, account__code=BANK, entry__occurred_on__gte=since)
        .select_related("entry")
        .order_by("entry__occurred_on", "entry__number")
    )
    noted = dict(charity.fund.donations.exclude(reference="").values_list("entry_id", "reference"))
    rows = [
        (
            line.entry.occurred_on,
            line.amount,
            "",
            line.entry.memo,
            noted.get(line.entry_id, f"B{line.entry.number:06d}"),
        )
        for line in moved
    ]
    last = max((row[0] for row in rows), default=charity.today - dt.timedelta(days=1))
    rows += [(last, Decimal(300), "爱心人士", "转账捐款", "B900001"), (last, Decimal(-12), "", "短信服务费", "B900002")]
    text = io.StringIO()
    book = csv.writer(text)
    book.writerow(HEADS)
    for day, amount, other, words, reference in rows:
        book.writerow([day, amount if amount > 0 else "", -amount if amount < 0 else "", other, words, reference])
    bank_actions.take_in(
        fund=charity.fund, file_name="银行流水.csv", data=text.getvalue().encode("utf-8-sig"), today=charity.today,
        by=charity.people["finance"],
    )  # fmt: skip
