"""What is asked about marks: all that ever were given, with what is shown for them."""

from collections.abc import Iterable

from accounts.models import User
from contracts.models import Contract, Mark


def history(contract: Contract, code: str = "") -> list[Mark]:
    """Return every mark of a contract (or of one line), withdrawn ones too, in the order they were given.

    Three queries, however many there are.
    """
    marks = Mark.objects.filter(contract=contract).select_related("by", "withdrawn_by")
    if code:
        marks = marks.filter(code=code)
    return list(marks.prefetch_related("cases", "files").order_by("pk"))


def own_latest(marks: Iterable[Mark], user: User) -> dict[str, Mark]:
    """Return by code the latest standing mark that `user` gave."""
    return {mark.code: mark for mark in marks if mark.by_id == user.pk and mark.withdrawn_at is None}


def latest_by_party(marks: Iterable[Mark]) -> dict[str, dict[str, Mark]]:
    """Return by code and party the latest standing mark."""
    standing: dict[str, dict[str, Mark]] = {}
    for mark in marks:
        if mark.withdrawn_at is None:
            standing.setdefault(mark.code, {})[mark.party] = mark
    return standing


def reviewed_from(marks: Iterable[Mark], user: User) -> list[Mark]:
    """Return the marks of `user` that a review took out and that they have not given anew: they are told of these."""
    found: dict[str, Mark] = {}
    for mark in marks:
        if mark.by_id != user.pk:
            continue
        if mark.withdrawal == Mark.Withdrawal.REVIEW:
            found[mark.code] = mark
        elif mark.withdrawn_at is None:
            found.pop(mark.code, None)
    return list(found.values())
