"""An agency's own pages about its contracts: the same scorecard live, and what would raise the grade."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from contracts import queries
from contracts.access import get_own_contract, own_contracts
from contracts.forms import ContractFilter
from contracts.lists import ContractList
from contracts.scoring import tables
from contracts.scoring.pages import (
    changes_context,
    changes_page,
    evidence_context,
    evidence_page,
    scorecard_context,
)
from directory import door as directory
from evaluation.improvement import to_next_grade


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def own(request: MemberRequest) -> HttpResponseBase:
    """The agency's contracts with their live scores."""
    today = timezone.localdate()
    districts: dict[str, str] = {}
    listing = ContractList(
        request,
        own_contracts(),
        districts=districts,
        today=today,
        search=("number", "title"),
        form=ContractFilter(request.GET, districts=[], today=today),
    )
    areas = own_contracts().order_by().values_list("area", flat=True).distinct()
    found = directory.regions({area[:6] for area in areas})
    districts.update({code: region.name for code, region in found.items()})
    if listing.wants_export:
        return listing.export(_("合同与得分"))
    context = {
        "list": listing,
        "scores": listing.scores,
        "districts": districts,
        "title": _("合同与得分"),
        "hint": _("编号或项目"),
        "empty_title": _("还没有合同"),
        "empty_text": _("与购买方签订的合同会列在这里，得分随服务记录更新。"),
    }
    return render(request, "contracts/list.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def scorecard(request: MemberRequest, ref: str) -> HttpResponseBase:
    """The same explained score that the bureau sees, and what would raise it."""
    contract = get_own_contract(request, ref)
    context = scorecard_context(request, contract)
    context["steps"] = to_next_grade(context["card"])
    context["progress"] = tables.progress_table(queries.progress(context["told"], context["as_of"], context["known"]))
    context["crumbs"] = [(_("合同与得分"), reverse("contracts:own")), (contract.title, "")]
    return render(request, "contracts/scorecard.html", context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def evidence(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """The agency's own facts behind one line."""
    contract = get_own_contract(request, ref)
    context = evidence_context(request, contract, code)
    back = reverse("contracts:scorecard", args=[ref])
    context["crumbs"] = [(_("合同与得分"), reverse("contracts:own")), (contract.title, back), (code, "")]
    return evidence_page(request, context)


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def changes(request: MemberRequest, ref: str) -> HttpResponseBase:
    """What has been said otherwise since the day that a score is asked for; each record opens for whoever may."""
    contract = get_own_contract(request, ref)
    context = changes_context(request, contract)
    back = reverse("contracts:scorecard", args=[ref])
    way = [(_("合同与得分"), reverse("contracts:own")), (contract.title, back), (_("其后的变化"), "")]
    return changes_page(request, {**context, "crumbs": way})
