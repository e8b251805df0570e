"""Signing a contract: the officer names the agency and the programme, then fills in the terms."""

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access, MemberRequest, allow
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from contracts import actions
from contracts.access import within
from contracts.signing.forms import PartnerForm, TermsForm
from directory.models import Organisation, StationListing, StationQuerySet
from programmes import door as programmes
from tenants.models import Tenant


@require_safe
@allow(Permission.CONTRACT_MANAGE)
def sign(request: MemberRequest) -> HttpResponseBase:
    """The first step: with whom, and by which programme."""
    slugs = _stations(request.access).values_list("tenant", flat=True)
    near = within(request.access.area_prefixes, "region") | Q(slug__in=slugs.order_by().distinct())
    agencies = Tenant.objects.active().filter(near).order_by("name")
    asked = request.GET.copy()
    if "operator" in asked:  # a bookmark of an earlier version
        asked.setdefault("provider", request.GET["operator"])
    form = PartnerForm(
        asked if "provider" in asked else None,
        agencies=agencies.values_list("slug", "name"),
        programmes=programmes.programmes(),
    )
    if form.is_valid():
        provider = form.cleaned_data["provider"]
        if _stations(request.access).filter(tenant=provider).exists():
            return redirect("contracts:sign-terms", form.cleaned_data["programme"], provider)
        form.add_error("provider", _("这家机构还没有在您的辖区开设站点，开设后才能写进合同。"))
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "contracts/sign.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.CONTRACT_MANAGE)
def sign_terms(request: MemberRequest, programme: str, slug: str) -> HttpResponseBase:
    """The second step: the terms. Only stations and parties of the officer's areas are offered.

    :raises Http404: for an unknown programme, or an agency without a station there.
    """
    who = request.access
    try:
        edition = programmes.programme(programme)
    except programmes.UnknownProgramme:
        raise Http404 from None
    stations = _stations(who).filter(tenant=slug)
    provider = Tenant.objects.active().filter(slug=slug).first()
    if provider is None or not stations:
        raise Http404
    form = TermsForm(
        request.POST or None,
        provider=provider,
        programme=edition,
        stations=stations,
        organisations=Organisation.objects.open().filter(within(who.area_prefixes)),
    )
    page = FormPage(
        _("签订合同"),
        _("签订合同"),
        _("合同已签订，服务记录从开始日期起计入进度和得分。"),
        reverse("contracts:list"),
        f"{provider.name} · {edition.title}",
    )

    def action(data: dict[str, Any]) -> str:
        contract = actions.sign_contract(terms=form.terms(), by=request.user)
        return reverse("contracts:contract", args=[contract.ref])

    return handle_form(request, form, page, action, {"crumbs": _crumbs()})


def _stations(who: Access) -> StationQuerySet:
    return StationListing.objects.open().public().filter(within(who.area_prefixes, "region__code"))


def _crumbs() -> list[tuple[str, str]]:
    return [(_("购买合同"), reverse("contracts:list")), (_("签订合同"), "")]
