"""A purchaser's invitations: the list, a new one, one with its link, sending again, taking back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages import tones
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from directory import door as directory
from enrolment.access import get_invitation, invitations_of
from enrolment.invitations import actions
from enrolment.invitations.forms import InvitationFilter, InvitationForm
from enrolment.models import Invitation


def _state(row: Invitation) -> Invitation.State:
    return row.state_on(timezone.localdate())


COLUMNS = (
    Column(
        "agency",
        gettext_lazy("机构名称"),
        sort="agency",
        href=lambda row: reverse("invitations:invitation", args=[row.ref]),
    ),
    Column("title", gettext_lazy("项目名称"), sort="title"),
    Column("number", gettext_lazy("合同编号"), sort="number", wide=True),
    Column("area", gettext_lazy("所在区划"), sort="area", wide=True, template="enrolment/_area.html"),
    Column("made_at", gettext_lazy("邀请时间"), sort="made_at", wide=True),
    Column("valid_until", gettext_lazy("有效期至"), sort="valid_until"),
    Column(
        "state",
        gettext_lazy("状态"),
        value=lambda row: _state(row).label,
        kind="state",
        tone=lambda row: tones.tone_of(_state(row)),
    ),
)


@require_safe
@allow(Permission.CONTRACT_MANAGE)
def invitations(request: MemberRequest) -> HttpResponseBase:
    rows = invitations_of(request.access).select_related("tenant")
    listing = Listing(
        request, rows, columns=COLUMNS, order="-made_at", search=("agency", "title", "number"),
        form=InvitationFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("入驻邀请"))
    context = {
        "list": listing,
        "places": {code: region.name for code, region in directory.regions({row.area for row in listing}).items()},
        "title": _("入驻邀请"),
        "hint": _("机构、项目或合同编号"),
        "act_href": reverse("invitations:new"),
        "act_label": _("邀请机构"),
        "empty_title": _("还没有邀请"),
        "empty_text": _("中标机构还没有入驻时，从这里邀请：机构不用付款，入驻后即可签订合同。"),
    }
    return render(request, "list.html", context)


@allow(Permission.CONTRACT_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    access = request.access
    form = InvitationForm(
        request.POST or None, initial={"area": access.areas[0]} if len(access.areas) == 1 else {}
    )  # fmt: skip

    def action(data: dict[str, Any]) -> str:
        sent = actions.invite(terms=form.terms(), who=access, address=_address(request), by=request.user)
        return reverse("invitations:invitation", args=[sent.ref])

    text = _("机构从链接入驻后，费用由贵单位的账户承担，机构不用付款。")
    page = FormPage(_("邀请机构"), _("发出邀请"), _("邀请已发出。"), reverse("invitations:list"), text)
    return handle_form(request, form, page, action)


@require_safe
@allow(Permission.CONTRACT_MANAGE)
def invitation(request: MemberRequest, ref: str) -> HttpResponseBase:
    row = get_invitation(request, ref)
    state = _state(row)
    place = directory.regions([row.area]).get(row.area)
    context = {
        "invitation": row,
        "state": state,
        "waits": state in (Invitation.State.SENT, Invitation.State.OPENED),
        "link": f"{_address(request)}{reverse('join:invited', args=[actions.token(row)])}",
        "facts": [
            (_("邮箱"), row.email),
            (_("项目名称"), row.title),
            (_("合同编号"), row.number),
            (_("所在区划"), place.full_name if place else row.area),
            (_("购买方"), row.bureau),
            (_("有效期至"), row.valid_until),
            (_("入驻机构"), row.tenant.name if row.tenant else ""),
        ],
        "crumbs": [(_("购买合同"), reverse("contracts:list")), (_("入驻邀请"), reverse("invitations:list")),
                   (row.agency, "")],
    }  # fmt: skip
    return render(request, "enrolment/invitation.html", context)


@allow(Permission.CONTRACT_MANAGE)
@act(back="invitations:invitation")
def send_again(request: MemberRequest, ref: str) -> Done:
    actions.send_again(invitation=get_invitation(request, ref), address=_address(request), by=request.user)
    return Done(_("新的链接已发出，以前的链接不再有效。"))


@allow(Permission.CONTRACT_MANAGE)
@act(back="invitations:invitation")
def take_back(request: MemberRequest, ref: str) -> Done:
    actions.take_back(invitation=get_invitation(request, ref), by=request.user)
    return Done(_("邀请已收回，链接不再有效。"), undo=reverse("invitations:offer_again", args=[ref]))


@allow(Permission.CONTRACT_MANAGE)
@act(back="invitations:invitation")
def offer_again(request: MemberRequest, ref: str) -> Done:
    actions.offer_again(invitation=get_invitation(request, ref), by=request.user)
    return Done(_("邀请已恢复。"))


def _address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
