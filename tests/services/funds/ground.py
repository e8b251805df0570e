"""A fund for tests of its books: a general purpose and a restricted one, opened a year ago, without a yuan."""

import datetime as dt

from django.utils import timezone

from services.funds.books import chart
from services.funds.models import Fund, Purpose


def bare_fund(code: str = "T1", days: int = 366) -> Fund:
    opened_on = timezone.localdate() - dt.timedelta(days=days)
    book = chart.open_book(name=f"基金{code}", opened_on=opened_on)
    made = Fund.objects.create(
        code=code, name=f"基金{code}", custodian="某市慈善会", programme="jinan-funds", digest="", book=book,
        opening_amount=0, opened_on=opened_on,
    )  # fmt: skip
    for name, is_restricted in (("一般用途", False), ("助学", True)):
        free, reserved = chart.open_promises(book=book, name=name)
        Purpose.objects.create(fund=made, name=name, is_restricted=is_restricted, free=free, reserved=reserved)
    return made
