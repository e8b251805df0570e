"""The officer's pages: what is in trouble, all contracts, one contract, the ranking."""

import datetime as dt

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Access, MemberRequest, allow
from accounts.permissions import Permission
from common.pages.listing import RowList
from contracts import queries
from contracts.access import contracts_of, get_contract
from contracts.forms import THEN, ContractFilter, RankingFilter
from contracts.lists import RANKING, ContractList, ranking_beside
from contracts.publishing.queries import moved_since
from contracts.ranking import periods
from contracts.ranking.overview import overview as overview_of
from contracts.ranking.queries import Row, beside, ranking
from contracts.scoring import tables
from contracts.scoring.presentation import crumbs, tabs
from directory import door as directory
from programmes import door as programmes


def districts_of(who: Access) -> dict[str, str]:
    """Return the names of the districts in a person's areas by code, in one query."""
    return {region.code: region.name for region in directory.districts(who.area_prefixes)}


@require_safe
@allow(Permission.CONTRACT_VIEW)
def overview(request: MemberRequest) -> HttpResponseBase:
    """Contracts by risk; the main act opens the worst."""
    who = request.access
    seen = overview_of(contracts_of(who), areas=who.area_prefixes, today=timezone.localdate())
    context = {
        "overview": seen,
        "troubles": tables.troubles_table(seen.troubles[:10]),
        "districts": tables.districts_table(seen.districts) if len(seen.districts) > 1 else None,
    }
    return render(request, "contracts/overview.html", context)


@require_safe
@allow(Permission.CONTRACT_VIEW)
def contract_list(request: MemberRequest) -> HttpResponseBase:
    """All contracts of the person's areas."""
    who, today = request.access, timezone.localdate()
    districts = districts_of(who)
    listing = ContractList(
        request,
        contracts_of(who),
        districts=districts,
        today=today,
        search=("number", "title", "provider__name"),
        form=ContractFilter(request.GET, districts=list(districts.items()), today=today),
    )
    if listing.wants_export:
        return listing.export(_("购买合同"))
    context = {
        "list": listing,
        "scores": listing.scores,
        "districts": districts,
        "title": _("购买合同"),
        "hint": _("编号、项目或承接机构"),
        "act_href": reverse("contracts:sign") if who.can(Permission.CONTRACT_MANAGE) else "",
        "act_label": _("签订合同"),
        "empty_title": _("所辖区域还没有合同"),
        "empty_text": _("合同签订后，进度和得分会列在这里。"),
    }
    return render(request, "contracts/list.html", context)


@require_safe
@allow(Permission.CONTRACT_VIEW)
def contract(request: MemberRequest, ref: str) -> HttpResponseBase:
    """One contract: progress against time, parties, stations."""
    found = get_contract(request, ref, Permission.CONTRACT_VIEW)
    today = timezone.localdate()
    ((scored,),) = queries.scores([found], today, verified=queries.confirmed([found]))
    work = queries.work_done(found, today)
    context = {
        "contract": found,
        "work": work,
        "work_hours": work["service_minutes"] / 60,
        "state": found.state_on(today),
        "scored": scored,
        "elapsed": found.period.elapsed_share(today) * 100,
        "programme": found.edition,
        "moved": moved_since(found) if request.access.can(Permission.SCORE_VIEW) else None,
        "parties": found.parties.all(),
        "progress": tables.progress_table(scored.progress),
        "stations": tables.stations_table(
            found, directory.regions({station.region for station in found.stations.all()})
        ),
        "tabs": tabs(request, found, "contract"),
        "crumbs": crumbs(found),
    }
    return render(request, "contracts/contract.html", context)


@require_safe
@allow(Permission.RANKING_VIEW)
def ranking_page(request: MemberRequest) -> HttpResponseBase:
    """All stations of the person's areas by score."""
    who, today = request.access, timezone.localdate()
    districts = districts_of(who)
    form = RankingFilter(request.GET, districts=list(districts.items()), today=today)
    form.is_valid()
    period = periods.parse(form.cleaned_data.get("period") or f"{today:%Y-%m}")
    is_past = period.end < today
    then = form.cleaned_data.get("known") == THEN and is_past
    rows = _ranked(request, form, period, districts, today, then=then)
    columns = RANKING
    if is_past:
        others = _ranked(request, form, period, districts, today, then=not then)
        rows = beside(rows, others)
        columns = ranking_beside(then=then)
    listing = RowList(request, rows, columns=columns, order="rank", search=("station", "agency", "district"))
    if listing.wants_export:
        return listing.export(_("站点排名 %(period)s") % {"period": period.text})
    context = {
        "list": listing,
        "form": form,
        "period": period,
        "is_past": is_past,
        "then": then,
        "moved": sum(1 for row in rows if row.is_moved),
        "as_of_query": f"?as_of={period.end}{'&known=then' if then else ''}" if is_past else "",
        "crumbs": [(_("总览"), reverse("contracts:overview")), (_("站点排名"), "")],
    }
    return render(request, "contracts/ranking.html", context)


def _ranked(
    request: MemberRequest,
    form: RankingFilter,
    period: periods.ScorePeriod,
    districts: dict[str, str],
    today: dt.date,
    *,
    then: bool,
) -> list[Row]:
    contracts = contracts_of(request.access)
    if region := form.cleaned_data.get("region"):
        contracts = contracts.filter(area__startswith=region)
    programme = form.cleaned_data.get("programme") or next((one.key for one in programmes.programmes()), "")
    return ranking(contracts, programme=programme, period=period, districts=districts, today=today, then=then)
