"""Checking who asks, and each way of answering."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.forms import HouseForm
from common.pages.notices import notify, show_refusal
from common.refusals import Refused
from services.rights import actions
from services.rights.access import get_request
from services.rights.forms import AnswerForm, CheckForm, ForgetForm, PurposeForm, ReasonForm
from services.rights.models import PersonRequest


@allow(Permission.RIGHTS_ANSWER)
def check(request: MemberRequest, ref: str) -> HttpResponse:
    text = _("当面查看证件原件。号码只与档案比对，不保存。")
    return _act(request, ref, CheckForm, (_("核验身份"), _("身份已核验。"), text), actions.check_identity)


@require_POST
@allow(Permission.RIGHTS_ANSWER)
def hand_over(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Hand the copy over, once."""
    found = get_request(request, ref, timezone.localdate())
    try:
        content = actions.hand_over_copy(request=found, today=timezone.localdate(), by=request.user)
    except Refused as refusal:
        show_refusal(request, refusal)
        return redirect("rights:request", ref=found.ref)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, f"copy-{found.ref}.zip") or ""
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Permission.RIGHTS_ANSWER)
def correct(request: MemberRequest, ref: str) -> HttpResponse:
    text = _("先在档案里改好，再写明改了什么，作为答复。")
    return _act(request, ref, AnswerForm, (_("答复更正"), _("已办结。"), text), actions.note_correction)


@allow(Permission.RIGHTS_ANSWER)
def delete(request: MemberRequest, ref: str) -> HttpResponse:
    def action(*, request: PersonRequest, typed: str, by: User) -> None:
        actions.delete(request=request, today=timezone.localdate(), by=by)

    text = _(
        "姓名换成代号，证件号码、电话、住址、记录内容等清空，不能恢复。统计照常；付款凭证依法保留 30 年。"
    )  # fmt: skip
    return _act(request, ref, ForgetForm, (_("删除个人信息"), _("已删除可以删除的内容。"), text), action)


@allow(Permission.RIGHTS_ANSWER)
def withdraw(request: MemberRequest, ref: str) -> HttpResponse:
    def action(*, request: PersonRequest, purpose: str, by: User) -> None:
        actions.withdraw_consent(request=request, purpose=purpose, today=timezone.localdate(), by=by)

    text = _("撤回后资料只保存，不再记录、申请、列出或提供。本人可以随时重新同意。")
    return _act(request, ref, PurposeForm, (_("撤回同意"), _("已撤回，立即生效。"), text), action)


@allow(Permission.RIGHTS_ANSWER)
def decline(request: MemberRequest, ref: str) -> HttpResponse:
    return _act(request, ref, ReasonForm, (_("不予办理"), _("已答复不予办理。"), ""), actions.decline)


@require_POST
@allow(Permission.RIGHTS_ANSWER)
def drop(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_request(request, ref, timezone.localdate())
    try:
        actions.drop(request=found, by=request.user)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("已登记本人撤回请求。"))
    return redirect("rights:request", ref=found.ref)


def _act(
    request: MemberRequest, ref: str, form: type[HouseForm], words: tuple[str, str, str], do: Callable[..., Any]
) -> HttpResponse:
    found = get_request(request, ref, timezone.localdate())
    title, done, text = words

    def act(said: dict[str, Any]) -> None:
        do(request=found, **said, by=request.user)

    back = reverse("rights:request", args=[found.ref])
    shown = f"{found.person.name}：{text}" if text else found.person.name
    return handle_form(request, form(request.POST or None), FormPage(title, title, done, back, shown), act)
