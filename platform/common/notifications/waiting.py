"""What waits for a person, as counts that each open their own list: the form in which every home page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value


@dataclass(frozen=True)
class Waiting:
    """How many things of one kind wait, where they are listed, and whether some are past their day."""

    label: str
    count: int
    unit: str
    href: str
    hint: str = ""
    is_late: bool = False


def pressing_first(items: Iterable[Waiting]) -> list[Waiting]:
    """Return what is overdue first, then the most; what does not wait at all stands last."""
    return sorted(items, key=lambda item: (not (item.is_late and item.count), not item.count, -item.count))


def count_all(querysets: "Mapping[str, QuerySet[Any]]") -> dict[str, int]:
    """Return how many rows each question finds; one query for all of them."""
    counts = dict.fromkeys(querysets, 0)
    if querysets:
        first, *rest = (
            rows.order_by()
            .annotate(of_kind=Value(what))
            .values("of_kind")
            .annotate(count=Count("pk"))
            .values_list("of_kind", "count")
            for what, rows in querysets.items()
        )
        counts |= dict(first.union(*rest) if rest else first)
    return counts
