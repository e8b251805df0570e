"""Yuan in Decimal, never float; one currency (CNY)."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ROUNDINGS = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


def rounded(value: Decimal, rule: str = "half_up", places: Decimal = FEN) -> Decimal:
    """Return `value` at two decimals by the named rule: `half_up` (四舍五入) or `half_even` (四舍六入五成双).

    :raises KeyError: for an unknown rule.
    """
    return value.quantize(places, rounding=ROUNDINGS[rule])


def yuan(value: Decimal) -> str:
    """Return ¥1,234.50."""
    return f"¥{rounded(value):,.2f}"
