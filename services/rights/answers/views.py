"""Checking who asks, and each way of answering."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from common.pages.forms import HouseForm
from services.rights import actions
from services.rights.access import get_request
from services.rights.forms import AnswerForm, CheckForm, DeclineForm, ForgetForm, PurposeForm
from services.rights.models import PersonRequest


@allow(Permission.RIGHTS_ANSWER)
def check(request: MemberRequest, ref: str) -> HttpResponse:
    text = _("当面查看证件原件。号码只与档案比对，不保存。")
    return _answer_page(request, ref, CheckForm, (_("核验身份"), _("身份已核验。"), text), actions.check_identity)


@allow(Permission.RIGHTS_ANSWER)
@act(back="rights:request")
def hand_over(request: MemberRequest, ref: str) -> HttpResponse:
    """Hand the copy over, once."""
    today = timezone.localdate()
    person_request = get_request(request, ref, today)
    content = actions.hand_over_copy(request=person_request, today=today, by=request.user)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = content_disposition_header(True, f"copy-{person_request.ref}.zip") or ""
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Permission.RIGHTS_ANSWER)
def correct(request: MemberRequest, ref: str) -> HttpResponse:
    text = _("先在档案里改好，再写明改了什么，作为答复。")
    return _answer_page(request, ref, AnswerForm, (_("答复更正"), _("已办结。"), text), actions.note_correction)


@allow(Permission.RIGHTS_ANSWER)
def delete(request: MemberRequest, ref: str) -> HttpResponse:
    def action(*, request: PersonRequest, typed: str, by: User) -> None:
        actions.delete(request=request, today=timezone.localdate(), by=by)

    text = _(
        "姓名换成代号，证件号码、电话、住址、记录内容等清空，不能恢复。统计照常；付款凭证依法保留 30 年。"
    )  # fmt: skip
    return _answer_page(request, ref, ForgetForm, (_("删除个人信息"), _("已删除可以删除的内容。"), text), action)


@allow(Permission.RIGHTS_ANSWER)
def withdraw(request: MemberRequest, ref: str) -> HttpResponse:
    def action(*, request: PersonRequest, purpose: str, by: User) -> None:
        actions.withdraw_consent(request=request, purpose=purpose, today=timezone.localdate(), by=by)

    text = _("撤回后资料只保存，不再记录、申请、列出或提供。本人可以随时重新同意。")
    return _answer_page(request, ref, PurposeForm, (_("撤回同意"), _("已撤回，立即生效。"), text), action)


@allow(Permission.RIGHTS_ANSWER)
def decline(request: MemberRequest, ref: str) -> HttpResponse:
    return _answer_page(request, ref, DeclineForm, (_("不予办理"), _("已答复不予办理。"), ""), actions.decline)


@allow(Permission.RIGHTS_ANSWER)
@act(back="rights:request")
def drop(request: MemberRequest, ref: str) -> Done:
    actions.drop(request=get_request(request, ref, timezone.localdate()), by=request.user)
    return Done(_("已登记本人撤回请求。"))


def _answer_page(
    request: MemberRequest, ref: str, form: type[HouseForm], words: tuple[str, str, str], answer: Callable[..., Any]
) -> HttpResponse:
    """Handle a way of answering; `words` are its title, what is said afterwards, and what to know before."""
    person_request = get_request(request, ref, timezone.localdate())
    title, done, text = words

    def action(data: dict[str, Any]) -> None:
        answer(request=person_request, **data, by=request.user)

    back = reverse("rights:request", args=[person_request.ref])
    name = person_request.person.name
    page = FormPage(title, title, done, back, f"{name}：{text}" if text else name)
    return handle_form(request, form(request.POST or None), page, action)
