"""Which decisions count for a contract's score on a day."""

import datetime as dt

from contracts.decisions.rules import Settled
from contracts.marks.rules import counting, stands
from contracts.models import Contract, Mark


def settled_on(contract: Contract, as_of: dt.date, known: dt.datetime | None = None) -> dict[str, Settled]:
    """Return by code what is settled of the score on a day; of each line the latest decision.

    A line that was marked by hand after it was decided goes by the mark again: of two acts of people the later one
    counts. `known` leaves out what was decided after that moment. Reads what `contracts.queries.loaded` has loaded.
    """
    latest = {
        decision.code: decision
        for decision in contract.decisions.all()
        if decision.dated <= as_of and (known is None or decision.decided_at < known)
    }
    if latest:
        for code, mark in counting(_standing(contract, as_of, known), contract.edition).items():
            decision = latest.get(code)
            if decision and mark.pk > (decision.mark_id or 0):
                del latest[code]
    return {code: Settled(one.points, one.clause, one.reason) for code, one in latest.items()}


def _standing(contract: Contract, as_of: dt.date, known: dt.datetime | None) -> list[Mark]:
    """Return the marks that stand on a day as known at a moment, in the order they were given."""
    marks = sorted(contract.marks.all(), key=lambda mark: mark.pk)
    return [mark for mark in marks if mark.dated <= as_of and stands(mark, known)]
