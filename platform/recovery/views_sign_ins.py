"""My sign-ins: where I am signed in and which tokens are mine, and ending them; after who one is was asked again."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, signed_in
from accounts.models import ApiToken
from accounts.sign_in import sign_ins
from common import clock
from common.pages.notices import notify, show_refusal
from common.refusals import Refused
from recovery import actions
from tenants.models import Tenant


@require_safe
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def sign_ins_page(request: MemberRequest) -> HttpResponse:
    user = request.user
    rows = list(sign_ins.of(user))
    tokens = list(ApiToken.objects.filter(user=user, expires_at__gt=clock.now()).order_by("-created_at"))
    places = _places({row.host for row in rows} | {token.tenant for token in tokens})
    context: dict[str, Any] = {
        "rows": [(row, places.get(row.host, row.host), row.session_key == _key(request)) for row in rows],
        "others": len(rows) > 1,
        "tokens": [(token, places.get(token.tenant, token.tenant), token.digest[: actions.MARK]) for token in tokens],
    }
    return render(request, "recovery/sign_ins.html", context)


@require_POST
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
def end_sign_in(request: MemberRequest, ref: str) -> HttpResponse:
    try:
        actions.end_sign_in(user=request.user, ref=ref)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("登录已结束，那个浏览器要重新登录。"))
    return redirect("recovery:sign-ins")


@require_POST
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
def end_others(request: MemberRequest) -> HttpResponse:
    ended = actions.end_other_sign_ins(user=request.user, key=_key(request))
    if ended:
        notify(request, _("已结束 %(n)d 个登录。") % {"n": ended})
    else:
        show_refusal(request, Refused(_("没有其他登录。")))
    return redirect("recovery:sign-ins")


@require_POST
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
def end_token(request: MemberRequest, mark: str) -> HttpResponse:
    try:
        actions.end_token(user=request.user, mark=mark)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("令牌已作废，用它的程序要换新的。"))
    return redirect("recovery:sign-ins")


def _places(hosts: set[str]) -> dict[str, str]:
    names = dict(Tenant.objects.filter(slug__in=hosts).values_list("slug", "name"))
    return {**names, "": _("共享平台")}


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
