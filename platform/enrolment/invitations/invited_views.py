"""The invited agency's side: the link, signing up by it, or accepting it on one's own host."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.forms import HouseForm
from enrolment import queries
from enrolment.invitations import actions
from enrolment.invitations.forms import OwnHostForm
from enrolment.models import Invitation
from enrolment.sign_up import views as sign_up_views
from tenants.models import Tenant
from tenants.running import current_slug

WAITING = (Invitation.State.SENT, Invitation.State.OPENED)


@require_safe
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link: sign up, or say where one signs in already."""
    invitation = _of(token)
    state = invitation.state_on(timezone.localdate())
    if state in WAITING:
        actions.opened(invitation=invitation)
    form = OwnHostForm(request.GET if "slug" in request.GET else None)
    address = ""
    if form.is_valid():
        slug = form.cleaned_data["slug"]
        if Tenant.objects.active().filter(slug=slug).exists():
            address = f"{sign_up_views.address_of(request, slug)}/accept/{token}/"
        else:
            form.add_error("slug", _("没有找到这个网址名的机构，请核对。"))
    context = {
        "invitation": invitation, "state": state, "waits": state in WAITING, "token": token, "form": form,
        "address": address,
    }  # fmt: skip
    return render(request, "enrolment/invited.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, token: str) -> HttpResponse:
    """The first page, filled in; no plan and no payment follow."""
    invitation = _of(token)
    if invitation.state_on(timezone.localdate()) not in WAITING:
        return redirect("join:invited", token=token)
    return sign_up_views.first_page(request, invitation)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.MEMBER_MANAGE)
def accept(request: MemberRequest, token: str) -> HttpResponse:
    """On an agency's own host: its director takes the invitation, and the purchaser pays from then on."""
    invitation = _of(token)
    tenant = Tenant.objects.get(slug=current_slug())
    state = invitation.state_on(timezone.localdate())
    if state not in WAITING and invitation.tenant_id != tenant.pk:
        return render(request, "enrolment/spent.html", {"invitation": invitation, "state": state}, status=410)

    def action(data: dict[str, Any]) -> str:
        actions.joined(invitation=invitation, tenant=tenant, by=request.user)
        return "/"

    terms = {"bureau": invitation.bureau, "title": invitation.title}
    page = FormPage(
        _("接受邀请"), _("接受邀请"), _("已接受邀请，购买方可以与本机构签订合同。"), "/",
        _("%(bureau)s邀请本机构承接“%(title)s”。接受后，本机构的平台费用改由购买方的账户承担；自己的套餐到期后不再续，"
          "在线付款的请在“套餐与账单”里取消。") % terms,
    )  # fmt: skip
    return handle_form(request, HouseForm(request.POST if request.method == "POST" else None), page, action)


def _of(token: str) -> Invitation:
    invitation = actions.of_token(token) if queries.is_token(token) else None
    if invitation is None:
        raise Http404
    return invitation
