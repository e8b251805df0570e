"""Yuan in Decimal, never float; one currency (CNY)."""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.translation import gettext as _

FEN = Decimal("0.01")
WHOLE_DIGITS: Final = 12
LONGEST: Final = 40
WRITTEN: Final = re.compile(r"[+]?([0-9]+|[0-9]{1,3}(?:[, ][0-9]{3})+)(?:\.([0-9]*))?")
ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def rounded(value: Decimal, rule: str = "half_up", places: Decimal = FEN) -> Decimal:
    """Return `value` at two decimals by the named rule: `half_up` (四舍五入) or `half_even` (四舍六入五成双).

    :raises KeyError: for an unknown rule.
    """
    return value.quantize(places, rounding=ROUNDINGS[rule])


def yuan(value: Decimal) -> str:
    """Return ¥1,234.50, or -¥1,234.50."""
    amount = rounded(value)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


class NoAmount(ValueError):
    """What was written is no amount of money; the message says why."""


def read_yuan(text: str) -> Decimal:
    """Return the amount somebody wrote: 1234.5, １，２３４．５０, ¥1,234.50, 1 234.50 元.

    :raises NoAmount: for anything else, nothing, a negative, a third decimal, or more than twelve digits of yuan.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".").replace("\u2212", "-")
    plain = re.sub(r"^([+-]?)\s*(?:¥|CNY|RMB|人民币)\s*", r"\1", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\s*元整?$", "", plain)
    if plain.startswith("-") and WRITTEN.fullmatch(plain[1:].strip()):
        raise NoAmount(_("金额不能是负数。"))
    found = WRITTEN.fullmatch(plain)
    if len(text) > LONGEST or found is None:
        raise NoAmount(_("请填写数字金额，例如 1234.50。"))
    whole, decimals = re.sub(r"[, ]", "", found[1]).lstrip("0") or "0", (found[2] or "").rstrip("0")
    if len(decimals) > 2:
        raise NoAmount(_("金额最多两位小数，精确到分。"))
    if len(whole) > WHOLE_DIGITS:
        raise NoAmount(_("金额太大：元以上最多 %(n)d 位。") % {"n": WHOLE_DIGITS})
    amount = rounded(Decimal(f"{whole}.{decimals or 0}"))
    if not amount:
        raise NoAmount(_("金额须大于 0。"))
    return amount
