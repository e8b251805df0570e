"""The pages of a forgotten password, a director's link for a member, and one's own mail address."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, allow, signed_in
from accounts.permissions import Permission
from accounts.sign_in import devices, guessing
from accounts.sign_in.password_proof import prove
from accounts.sign_in.rates import Limit
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.notices import notify
from common.refusals import Refused
from letters import actions as letters
from recovery import actions, links
from recovery.forms import CodeForm, ForgottenForm, MailForm, NewPasswordForm
from tenants.models import Membership
from tenants.running import current, current_slug

ASKED: Final = (Limit("recovery", 5, 15 * 60),)
PENDING: Final = "mail.pending"
WAYS: Final = ["GET", "HEAD", "POST"]


@require_http_methods(WAYS)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; the answer is the same whoever is named."""
    sends = letters.are_sent()
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if sends and request.method == "POST" and form.is_valid():
        guessing.begin(request, form.cleaned_data["said"], ASKED)
        actions.ask(said=form.cleaned_data["said"], slug=_here(), address=_address(request))
        return redirect("recovery:asked")
    context = {"form": form, "sends": sends}
    return render(request, "recovery/forgotten.html", context, status=400 if form.errors else 200)


def asked(request: HttpRequest) -> HttpResponse:
    """What happens now, and whom to ask where no letter comes."""
    return render(request, "recovery/asked.html", {"hours": links.HOURS, "is_demo": settings.DEMO})


@require_http_methods(WAYS)
def choose(request: HttpRequest, ref: str, token: str) -> HttpResponse:
    """The page of a link: a new password. The browser is known afterwards; signing in asks for all there is to ask."""
    user = links.user_of(ref, token, _here())
    if user is None:
        return render(request, "recovery/spent.html", status=410)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(user=user, password=form.cleaned_data["password"], slug=_here())
        except Refused as refusal:  # not handle_part: the answer to a good one also makes the browser a known one
            form.add_error("password", refusal.reasons)
        else:
            notify(request, _("密码已更新，以前的登录和令牌都已失效。请用新密码登录。"))
            answer = redirect("account_login")
            devices.remember(request, answer, user)
            return answer
    context = {"form": form, "username": user.username}
    return render(request, "recovery/choose.html", context, status=400 if form.errors else 200)


@require_http_methods(WAYS)
@allow(Permission.MEMBER_MANAGE)
def member(request: MemberRequest, ref: str) -> HttpResponse:
    """A director gives a member a one-time link to hand over."""
    membership = get_object_or_404(Membership.objects.select_related("user"), ref=ref, tenant__slug=current_slug())
    link, reasons, status = "", list[str](), 200
    if request.method == "POST":
        try:
            link = _address(request) + actions.offer(user=membership.user, slug=current_slug(), by=request.user)
        except Refused as refusal:  # not an act: the link is shown in the answer to this POST and nowhere else
            reasons, status = refusal.reasons, refusal.status
    context = {
        "member": membership, "link": link, "reasons": reasons, "hours": links.HOURS,
        "may": links.stands_only_in(membership.user, current_slug()),
        "crumbs": [(_("成员与角色"), reverse("members:list")), (membership.user.get_full_name(), "")],
    }  # fmt: skip
    return render(request, "recovery/member.html", context, status=status)


@allow(Permission.MEMBER_MANAGE)
@act(back="resetting:member")
def end_sign_ins(request: MemberRequest, ref: str) -> Done:
    """A director ends a member's sign-ins here: a phone was lost, a screen was left open elsewhere."""
    membership = get_object_or_404(Membership.objects.select_related("user"), ref=ref, tenant__slug=current_slug())
    actions.end_members_sign_ins(user=membership.user, slug=current_slug(), by=request.user)
    return Done(_("登录和令牌都已结束，本人要重新登录。"))


@require_http_methods(WAYS)
@signed_in
def mail(request: MemberRequest) -> HttpResponse:
    """Set or change one's own mail address: first the password and the address, then the code that came there."""
    user = request.user
    form = MailForm(request.POST or None, initial={"email": user.email})

    def action(data: dict[str, Any]) -> None:
        prove(request, data["password"])
        digest, until = actions.begin_mail(user=user, email=data["email"])
        request.session[PENDING] = {"email": data["email"], "digest": digest, "until": until}

    def show() -> HttpResponse:
        context = {"form": form, "email": user.email, "sends": letters.are_sent()}
        return render(request, "recovery/mail.html", context, status=400 if form.errors else 200)

    return handle_part(request, form, Done("", reverse("recovery:mail-code")), action, show)


@require_http_methods(WAYS)
@signed_in
def mail_code(request: MemberRequest) -> HttpResponse:
    pending: dict[str, Any] | None = request.session.get(PENDING)
    if pending is None:
        return redirect("recovery:mail")
    form = CodeForm(request.POST or None)

    def action(data: dict[str, Any]) -> None:
        actions.set_mail(user=request.user, code=data["code"], **pending)
        del request.session[PENDING]

    def show() -> HttpResponse:
        context = {"form": form, "email": pending["email"], "is_demo": settings.DEMO, "minutes": actions.CODE_MINUTES}
        return render(request, "recovery/mail_code.html", context, status=400 if form.errors else 200)

    return handle_part(request, form, Done(_("邮箱已登记。"), reverse("work")), action, show)


def _here() -> str:
    place = current()
    return place.slug if place else ""


def _address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
