"""经过: who did what to a contract, for the purchaser and for the agency whose contract it is."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from audit import log
from audit.models import AuditEntry
from common.pages.listing import Listing
from contracts.access import get_contract, get_own_contract
from contracts.history import queries
from contracts.models import Contract
from contracts.scoring.presentation import crumbs, tabs
from tenants.history.lines import LogFilter, columns, people_of, verify


@require_safe
@allow(Permission.CONTRACT_VIEW)
def history(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The purchaser's page."""
    contract = get_contract(request, ref, Permission.CONTRACT_VIEW)
    shown = {"tabs": tabs(request, contract, "history"), "crumbs": crumbs(contract, _("经过"))}
    return _page(request, contract, queries.lines_of(contract), shown)


@require_safe
@allow(Permission.CONTRACT_VIEW)
def history_verify(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Recompute the chain over the contract's lines and say what was found; it changes nothing."""
    contract = get_contract(request, ref, Permission.CONTRACT_VIEW)
    return _verified(request, contract, crumbs(contract, _("日志核对"), under=(_("经过"), "contracts:history")))


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def own_history(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The agency's page of its own contract."""
    contract = get_own_contract(request, ref)
    own = (contract.title, reverse("contracts:scorecard", args=[contract.ref]))
    shown = {"crumbs": [(_("合同与得分"), reverse("contracts:own")), own, (_("经过"), "")]}
    lines = queries.lines_of(contract).exclude(act__in=queries.FOR_OFFICERS_ONLY)
    return _page(request, contract, lines, shown)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def own_history_verify(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The same for the agency's own contract."""
    contract = get_own_contract(request, ref)
    back = (_("经过"), reverse("contracts:history", args=[contract.ref]))
    return _verified(request, contract, [(_("合同与得分"), reverse("contracts:own")), back, (_("日志核对"), "")])


def _page(request: MemberRequest, contract: Contract, lines: Any, shown: dict[str, Any]) -> HttpResponseBase:
    people = people_of(lines, contract.provider.slug)
    nouns = queries.NOUNS if request.access.tenant is None else queries.NOUNS[:-1]
    listing = Listing(
        request, lines, columns=columns(people, queries.about, lambda entry: _href(contract, entry)), order="-at",
        form=LogFilter(request.GET, nouns=nouns, people=people),
    )  # fmt: skip
    if listing.wants_export:
        title = _("经过 %(number)s") % {"number": contract.number}
        return listing.export(
            title,
            told=lambda: log.write(
                "contracts.history.exported", on=contract, by=request.user, contract=contract.ref, rows=listing.total
            ),
        )
    context = {
        "list": listing,
        "title": contract.title,
        "text": _("谁在什么时候对这份合同做了什么。每一行写下后一分钟内封存，改动会在核对时露出来。"),
        "verify_href": reverse("contracts:history-verify", args=[contract.ref]),
        "empty_title": _("还没有经过"),
        "empty_text": _("签订、评分、公布和申诉都会记在这里。"),
        **shown,
    }
    return render(request, "contracts/history.html", context)


def _verified(request: MemberRequest, contract: Contract, trail: list[tuple[str, str]]) -> HttpResponseBase:
    context = {
        "verdict": verify("audit", queries.lines_of(contract)),
        "title": contract.title,
        "back": reverse("contracts:history", args=[contract.ref]),
        "crumbs": trail,
    }
    return render(request, "contracts/verified.html", context)


def _href(contract: Contract, entry: AuditEntry) -> str:
    """Return the page of what a line is about, '' where this host has none; no query."""
    pages: dict[str, tuple[str, list[str]]] = {
        "mark": ("contracts:evidence", [contract.ref, entry.details.get("code", "")]),
        "appeal": ("contracts:appeal", [contract.ref, entry.object_ref]),
        "scoresheet": ("contracts:sheet", [contract.ref, entry.object_ref]),
        "contract": ("contracts:scorecard", [contract.ref]),
    }
    page, args = pages.get(entry.object_kind, ("", []))
    try:
        return reverse(page, args=args) if page else ""
    except NoReverseMatch:
        return ""
