"""Numbers as a person reads them in the reason of a line."""

from decimal import ROUND_CEILING, Decimal

from programmes.measures import MEASURES

ONE = Decimal(1)


def plain(value: Decimal) -> str:
    """Return 3 for 3.00 and 2.5 for 2.50; at most two decimals."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def percent(value: Decimal) -> str:
    """Return 66.7% for 0.6667."""
    return f"{plain(round(value * 100, 1))}%"


def counted(value: Decimal, measure: str) -> str:
    """Return "12 次": the number with the unit of the measure."""
    return f"{plain(value)} {MEASURES[measure].unit}"


def whole(value: Decimal) -> Decimal:
    """Return the next whole number at or above `value`: nobody makes half a visit."""
    return value.to_integral_value(rounding=ROUND_CEILING)
