"""Purchasers and landing parties, as the operator keeps them: officers name them in contracts."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, label
from directory import door as directory
from directory import organisations as directory_organisations
from directory.models import Organisation
from operating.forms import OrganisationFilter, OrganisationForm

COLUMNS = [
    Column(
        "name",
        gettext_lazy("名称"),
        sort="name",
        href=lambda organisation: reverse("operating:organisation", args=[organisation.ref]),
    ),
    Column("kind", gettext_lazy("类别"), sort="kind", value=label("kind")),
    Column("area", gettext_lazy("所在区划"), sort="area", template="operating/_area.html"),
    Column("credit_code", gettext_lazy("统一社会信用代码"), sort="credit_code", wide=True),
    Column("closed_on", gettext_lazy("停用日期"), sort="closed_on", template="operating/_closed_on.html"),
]


@require_safe
@allow(Permission.TENANT_OPERATE)
def organisations(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(
        request, Organisation.objects.all(), columns=COLUMNS, order="area", search=["name", "area", "credit_code"],
        form=OrganisationFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("购买方与落地方"))
    context = {
        "list": listing,
        "areas": {code: region.full_name for code, region in directory.regions({row.area for row in listing}).items()},
        "title": _("购买方与落地方"),
        "text": _("民政部门、街道乡镇等合同里要写的单位。主管人员签合同时，从自己辖区的单位里选。"),
        "hint": _("名称、区划代码或信用代码"),
        "act_href": reverse("operating:organisation-new"),
        "act_label": _("登记单位"),
        "empty_title": _("还没有登记单位"),
        "empty_text": _("登记辖区的民政部门和街道后，主管人员才能签订合同。"),
    }
    return render(request, "list.html", context)


@allow(Permission.TENANT_OPERATE)
def new(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        directory_organisations.add(said=directory_organisations.Said(**data), by=request.user)

    page = FormPage(_("登记单位"), _("登记单位"), _("单位已登记。"), reverse("operating:organisations"))
    return handle_form(request, OrganisationForm(request.POST or None), page, action)


@allow(Permission.TENANT_OPERATE)
def correct(request: MemberRequest, ref: str) -> HttpResponse:
    organisation = get_object_or_404(Organisation, ref=ref)

    def action(data: dict[str, Any]) -> None:
        directory_organisations.correct(
            organisation=organisation, said=directory_organisations.Said(**data), by=request.user
        )

    initial = {name: getattr(organisation, name) for name in ("name", "kind", "area", "credit_code")}
    text = _("已签的合同仍用签订时的名称。")
    page = FormPage(_("更正单位"), _("保存"), _("单位已更正。"), reverse("operating:organisations"), text)
    return handle_form(request, OrganisationForm(request.POST or None, initial=initial), page, action)


@allow(Permission.TENANT_OPERATE)
@act(back=lambda ref: reverse("operating:organisations"))
def close(request: MemberRequest, ref: str) -> Done:
    directory_organisations.close(organisation=get_object_or_404(Organisation, ref=ref), by=request.user)
    return Done(_("单位已停用，不再用于新合同。"), undo=reverse("operating:organisation-reopen", args=[ref]))


@allow(Permission.TENANT_OPERATE)
@act(back=lambda ref: reverse("operating:organisations"))
def reopen(request: MemberRequest, ref: str) -> Done:
    directory_organisations.reopen(organisation=get_object_or_404(Organisation, ref=ref), by=request.user)
    return Done(_("单位已恢复使用。"))
