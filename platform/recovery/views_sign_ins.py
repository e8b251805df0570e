"""My sign-ins: where I am signed in and which tokens are mine, and ending them; after who one is was asked again."""

from collections.abc import Mapping
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, signed_in
from accounts.models import ApiToken
from accounts.sign_in import sign_ins
from common import clock
from common.pages.acts import Done, act
from common.pages.table import Column, Table
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
        "sign_ins": Table(_sign_in_columns(places, _key(request)), rows, _("我的登录")),
        "others": len(rows) > 1,
        "tokens": Table(_token_columns(places), tokens, _("程序用的令牌")),
    }
    return render(request, "recovery/sign_ins.html", context)


def _sign_in_columns(places: Mapping[str, str], key: str) -> list[Column]:
    """Return the columns; `places` are the hosts' names, `key` is the session of this very sign-in."""
    return [
        Column("device", _("设备"), value=lambda row: row.device or _("未知设备")),
        Column("address", _("网络地址")),
        Column("host", _("登录到"), value=lambda row: places.get(row.host, row.host)),
        Column("began_at", _("登录时间")),
        Column("used_at", _("最近使用")),
        Column("acts", _("操作"), value=lambda row: row.session_key == key, template="recovery/_end_sign_in.html"),
    ]


def _token_columns(places: Mapping[str, str]) -> list[Column]:
    return [
        Column("tenant", _("登录到"), value=lambda token: places.get(token.tenant, token.tenant)),
        Column("created_at", _("开始时间")),
        Column("expires_at", _("有效期至")),
        Column(
            "acts", _("操作"), value=lambda token: token.digest[: actions.MARK], template="recovery/_end_token.html"
        ),
    ]


@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
@act(back=lambda ref: reverse("recovery:sign-ins"))
def end_sign_in(request: MemberRequest, ref: str) -> Done:
    actions.end_sign_in(user=request.user, ref=ref)
    return Done(_("登录已结束，那个浏览器要重新登录。"))


@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
@act(back="recovery:sign-ins")
def end_others(request: MemberRequest) -> Done:
    ended = actions.end_other_sign_ins(user=request.user, key=_key(request))
    if not ended:
        raise Refused(_("没有其他登录。"))
    return Done(_("已结束 %(n)d 个登录。") % {"n": ended})


@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
@act(back=lambda mark: reverse("recovery:sign-ins"))
def end_token(request: MemberRequest, mark: str) -> Done:
    actions.end_token(user=request.user, mark=mark)
    return Done(_("令牌已作废，用它的程序要换新的。"))


def _places(hosts: set[str]) -> dict[str, str]:
    names = dict(Tenant.objects.filter(slug__in=hosts).values_list("slug", "name"))
    return {**names, "": _("共享平台")}


def _key(request: HttpRequest) -> str:
    return request.session.session_key or ""
