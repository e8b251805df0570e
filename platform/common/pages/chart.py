"""Where the parts of a server-made SVG bar chart stand: numbers in, numbers out."""

from dataclasses import dataclass
from typing import Final

ROW: Final = 30
LABEL_WIDTH: Final = 150
BED_WIDTH: Final = 380
VALUE_GAP: Final = 10
WIDTH: Final = LABEL_WIDTH + BED_WIDTH + 90


@dataclass(frozen=True)
class Bar:
    """One row; `top`, `length` and `text_at` are in the SVG's own units, `baseline` is where its words stand."""

    label: str
    value: float
    top: int
    baseline: int
    length: int


@dataclass(frozen=True)
class BarChart:
    """`width` x `height` units; the beds are `bed` long and begin at `left`; values stand at `value_at`."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = LABEL_WIDTH
    bed: int = BED_WIDTH
    value_at: int = LABEL_WIDTH + BED_WIDTH + VALUE_GAP


def bar_chart(rows: list[tuple[str, float]]) -> BarChart:
    """Return horizontal bars from zero, the largest value filling its bed; negative values count as zero."""
    largest = max((float(value) for _, value in rows), default=0.0)
    bars = tuple(
        Bar(
            label=str(label),
            value=value,
            top=index * ROW + 7,
            baseline=index * ROW + 20,
            length=round(max(float(value), 0.0) / largest * BED_WIDTH) if largest > 0 else 0,
        )
        for index, (label, value) in enumerate(rows)
    )
    return BarChart(bars, height=max(len(rows), 1) * ROW)
