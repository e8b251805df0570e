"""One act on many rows of a list: each row by itself, and afterwards what was done and what was refused, and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.pages import notices
from common.refusals import Refused

Row = TypeVar("Row")
MOST: Final = 100
NAMED: Final = 3


@dataclass(frozen=True)
class Batch:
    """What list.html offers for ticked rows: where it posts, its verb, and the rows to tick (ref -> their words)."""

    action: str
    label: Any
    rows: Mapping[str, str]


@dataclass
class Outcome:
    """How many rows were done, and the words of the refused ones by reason."""

    done: int = 0
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def chosen(request: HttpRequest) -> list[str]:
    """Return the refs that were ticked, at most a page of them."""
    return request.POST.getlist("ref")[:MOST]


def each(rows: Iterable[Row], act: Callable[[Row], object], words: Callable[[Row], str]) -> Outcome:
    """Do `act` with every row, each in its own transaction: a refused row holds up no other.

    `words` tell a row apart without naming anybody (a day, a kind): they go into the next page's notice.
    """
    outcome = Outcome()
    for row in rows:
        try:
            act(row)
        except Refused as refusal:
            outcome.refused["；".join(refusal.reasons)].append(words(row))
        else:
            outcome.done += 1
    return outcome


def report(request: HttpRequest, outcome: Outcome, done: str) -> None:
    """Say on the next page how it went; `done` is the sentence about what was done, shown if anything was."""
    if outcome.done:
        notices.notify(request, done)
    for why, rows in outcome.refused.items():
        which = "、".join(rows[:NAMED]) + (" …" if len(rows) > NAMED else "")
        said = {"n": len(rows), "which": which, "why": why}
        notices.show_refusal(request, Refused(_("%(n)d 条没有办成（%(which)s）：%(why)s") % said))
    if not outcome.done and not outcome.refused:
        notices.show_refusal(request, Refused(_("请先勾选要处理的行。")))
