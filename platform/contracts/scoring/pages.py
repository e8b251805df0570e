"""What the scorecard and its evidence show, alike on both hosts."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.access import can
from accounts.permissions import Permission
from common.pages.listing import Listing, RowList
from contracts import queries
from contracts.appeals.actions import appealable
from contracts.forms import THEN, DayForm
from contracts.known.changes import since
from contracts.known.terms import as_known
from contracts.lists import CHANGES, evidence_columns
from contracts.marks.queries import history
from contracts.marks.tables import history_table
from contracts.models import Contract
from contracts.publishing.queries import moved_since
from contracts.publishing.rules import publication_of
from contracts.scoring import tables
from contracts.scoring.presentation import leaf_points, score_rows, source_of
from evaluation.known import end_of
from evaluation.queries import by_station_and_month
from programmes.measures import MEASURES

MONTH = dt.timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """The day a score is asked for, and whether as it was known on that day or as it is known now.

    `known` is the moment of the first, None for the second. Today's score is known now in either case.
    """

    form: DayForm
    day: dt.date
    today: dt.date
    is_chosen: bool
    known: dt.datetime | None

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def query(self) -> str:
        """What leads to the same day and the same knowledge on another page of the score."""
        if not self.is_chosen:
            return ""
        return f"?as_of={self.day}" + ("&known=then" if self.known else "")


def asked(request: HttpRequest, contract: Contract) -> Asked:
    """Return what is asked for: a day not after today and not after the contract's last day."""
    form = DayForm(request.GET if "as_of" in request.GET else None)
    today = timezone.localdate()
    data = form.cleaned_data if form.is_valid() else {}
    day = queries.last_day(contract, min(data.get("as_of") or today, today))
    then = data.get("known") == THEN and day < today
    return Asked(form, day, today, form.is_bound, end_of(day) if then else None)


def scorecard_context(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    """Return what the scorecard page shows, on either host; `moved` is against 30 days before.

    At a past day `since` is what became of its score, and the page says which of the two it shows: `told` is the
    contract as it was known then, `known` the moment; of today's knowledge the contract itself and None.
    """
    seen = asked(request, contract)
    past = since(contract, seen.day) if seen.is_past else None
    told = as_known(contract, seen.known) or contract
    known = seen.known if past is None or past.then else None
    card = queries.scorecard(told, seen.day, known)
    ((then,),) = queries.scores([told], seen.day - MONTH, known=known)
    started = then.as_of >= told.starts_on
    before = leaf_points(card.programme, then.result.scores) if started else {}
    may_appeal = (
        not seen.is_chosen
        and can(request, Permission.APPEAL_MAKE)
        and contract.state != Contract.State.CLOSED
        and publication_of(contract.edition).live_appeals
    )
    return {
        "contract": contract,
        "told": told,
        "known": known,
        "card": card,
        "rows": score_rows(card, before),
        "as_of": seen.day,
        "asked": seen,
        "form": seen.form,
        "since": past,
        "moved_lines": tables.moved_lines_table(past.lines) if past and past.lines else None,
        "as_of_query": seen.query,
        "appeals": queries.latest_appeals(contract),
        "moved": None if seen.is_chosen else moved_since(contract),
        "appealable": appealable(card) if may_appeal else frozenset(),
    }


def evidence_context(request: HttpRequest, contract: Contract, code: str) -> dict[str, Any]:
    """Return the evidence of one line, on either host.

    :raises Http404: if the programme has no such rule.
    """
    rule = contract.edition.by_code.get(code)
    if rule is None or not rule.is_leaf:
        raise Http404
    seen = asked(request, contract)
    told = as_known(contract, seen.known)
    if told is None:
        seen, told = Asked(seen.form, seen.day, seen.today, seen.is_chosen, None), contract
    facts = queries.evidence(told, code, seen.day, seen.known)
    listing = Listing(request, facts, columns=evidence_columns(contract), order="-occurred_on")
    names = {station.code: station.name for station in told.stations.all()}
    return {
        "contract": contract,
        "line": queries.scorecard(told, seen.day, seen.known).line(code),
        "as_of": seen.day,
        "asked": seen,
        "as_of_query": seen.query,
        "list": listing,
        "months": tables.months_table(by_station_and_month(facts), names),
        "stations": names,
        "measures": MEASURES,
        "sources": {fact.pk: source_of(fact.source) for fact in listing},
        "appeals": contract.appeals.filter(code=code),
        "marks": history_table(contract, history(contract, code), one_line=True) if rule.by_hand else None,
    }


def changes_context(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    """Return everything that was said otherwise since the day that is asked for, on either host."""
    seen = asked(request, contract)
    past = since(contract, seen.day)
    listing = RowList(request, past.changes, columns=CHANGES, order="-at", search=("about", "why", "source"))
    return {
        "contract": contract,
        "since": past,
        "asked": seen,
        "as_of": seen.day,
        "as_of_query": seen.query,
        "list": listing,
        "sources": {change.source: source_of(change.source) for change in listing if change.source},
    }


def evidence_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Answer the evidence as a page, or as the Excel file the page offers."""
    listing: Listing = context["list"]
    if listing.wants_export:
        return listing.export(f"{context['contract'].number} {context['line'].indicator.code}")
    return render(request, "contracts/evidence.html", context)


def changes_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Answer what has changed since a day as a page, or as the Excel file the page offers."""
    listing: Listing = context["list"]
    if listing.wants_export:
        return listing.export(f"{context['contract'].number} {context['as_of']}")
    return render(request, "contracts/changes.html", context)
