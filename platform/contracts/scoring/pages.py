"""What the scorecard and its evidence show, alike on both hosts."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.access import can
from accounts.permissions import Permission
from common.pages.listing import Listing
from contracts import queries
from contracts.appeals.actions import appealable
from contracts.forms import DayForm
from contracts.lists import EVIDENCE
from contracts.models import Contract
from contracts.scoring import tables
from contracts.scoring.presentation import leaf_points, score_rows, source_of
from evaluation.queries import by_station_and_month
from programmes.measures import MEASURES

MONTH = dt.timedelta(days=30)


def asked_day(request: HttpRequest, contract: Contract) -> tuple[DayForm, dt.date]:
    """Return the form and the day a score is asked for: not after today and not after the contract's last day."""
    form = DayForm(request.GET if "as_of" in request.GET else None)
    today = timezone.localdate()
    day = form.cleaned_data["as_of"] if form.is_valid() else None
    return form, queries.last_day(contract, min(day or today, today))


def scorecard_context(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    """Return what the scorecard page shows, on either host; `moved` is against 30 days before."""
    form, day = asked_day(request, contract)
    card = queries.scorecard(contract, day)
    ((then,),) = queries.scores([contract], day - MONTH)
    started = then.as_of >= contract.starts_on
    before = leaf_points(card.programme, then.result.scores) if started else {}
    may_appeal = not form.is_bound and can(request, Permission.APPEAL_MAKE) and contract.state != Contract.State.CLOSED
    return {
        "contract": contract,
        "card": card,
        "rows": score_rows(card, before),
        "as_of": day,
        "form": form,
        "as_of_query": f"?as_of={day}" if form.is_bound else "",
        "appeals": queries.latest_appeals(contract),
        "appealable": appealable(card) if may_appeal else frozenset(),
    }


def evidence_context(request: HttpRequest, contract: Contract, code: str) -> dict[str, Any]:
    """Return the evidence of one line, on either host.

    :raises Http404: if the programme has no such rule.
    """
    rule = contract.edition.by_code.get(code)
    if rule is None or not rule.is_leaf:
        raise Http404
    _form, day = asked_day(request, contract)
    facts = queries.evidence(contract, code, day)
    listing = Listing(request, facts, columns=EVIDENCE, order="-occurred_on")
    names = {station.code: station.name for station in contract.stations.all()}
    return {
        "contract": contract,
        "line": queries.scorecard(contract, day).line(code),
        "as_of": day,
        "list": listing,
        "months": tables.months_table(by_station_and_month(facts), names),
        "stations": names,
        "measures": MEASURES,
        "sources": {fact.pk: source_of(fact.source) for fact in listing},
        "appeals": contract.appeals.filter(code=code),
    }


def evidence_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Answer the evidence as a page, or as the Excel file the page offers."""
    listing: Listing = context["list"]
    if listing.wants_export:
        return listing.export(f"{context['contract'].number} {context['line'].indicator.code}")
    return render(request, "contracts/evidence.html", context)
