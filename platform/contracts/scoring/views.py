"""Score pages of the shared host: the scorecard, its evidence, what has changed."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from contracts.access import get_contract
from contracts.scoring.pages import (
    changes_context,
    changes_page,
    evidence_context,
    evidence_page,
    scorecard_context,
)
from contracts.scoring.presentation import crumbs, tabs


@require_safe
@allow(Permission.SCORE_VIEW)
def scorecard(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The explained score: every line with rule, clause, inputs, target and points."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = scorecard_context(request, contract)
    context |= {"tabs": tabs(request, contract, "scorecard"), "crumbs": crumbs(contract, _("评分表"))}
    return render(request, "contracts/scorecard.html", context)


@require_safe
@allow(Permission.SCORE_VIEW)
def evidence(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """The de-identified facts behind one line, by station and month."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = evidence_context(request, contract, code)
    return evidence_page(
        request, {**context, "crumbs": crumbs(contract, code, under=(_("评分表"), "contracts:scorecard"))}
    )


@require_safe
@allow(Permission.SCORE_VIEW)
def changes(request: MemberRequest, ref: str) -> HttpResponseBase:
    """What has been said otherwise since the day that a score is asked for."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    context = changes_context(request, contract)
    way = crumbs(contract, _("其后的变化"), under=(_("评分表"), "contracts:scorecard"))
    return changes_page(request, {**context, "crumbs": way})
