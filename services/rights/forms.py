"""Forms of a person's requests and of consents."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.clients.models import Consent, DataAlert
from services.rights.models import PersonRequest

OPEN = [PersonRequest.State.OPEN, PersonRequest.State.CHECKED]


class RequestFilter(HouseForm):
    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[("", _("全部")), ("waiting", _("未办结")), ("late", _("已逾期")), *PersonRequest.State.choices],
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("请求"), required=False, choices=[("", _("全部")), *PersonRequest.Kind.choices])

    def narrow(self, rows: "QuerySet[PersonRequest]") -> "QuerySet[PersonRequest]":
        data = self.cleaned_data
        if data["state"] == "waiting":
            rows = rows.filter(state__in=OPEN)
        elif data["state"] == "late":
            rows = rows.filter(state__in=OPEN, due_on__lt=timezone.localdate())
        elif data["state"]:
            rows = rows.filter(state=data["state"])
        return rows.filter(kind=data["kind"]) if data["kind"] else rows


class AlertFilter(HouseForm):
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("open", _("待处理")), ("settled", _("已处理"))]
    )

    def narrow(self, rows: "QuerySet[DataAlert]") -> "QuerySet[DataAlert]":
        state = self.cleaned_data["state"]
        return rows.filter(settled_at__isnull=state == "open") if state else rows


class TakeForm(HouseForm):
    """A request as it comes in; `kinds` are those that can be asked of this person's file."""

    kind = forms.ChoiceField(label=_("请求"), choices=PersonRequest.Kind.choices)
    asker = forms.ChoiceField(label=_("提出人"), choices=Consent.Giver.choices)
    asker_name = forms.CharField(
        label=_("监护人或受托人姓名"), max_length=50, required=False, help_text=_("本人提出时不用填。")
    )
    proof = forms.CharField(
        label=_("监护或委托凭证"),
        max_length=100,
        required=False,
        help_text=_("例如 户口簿、监护公证书、本人签名的委托书。"),
    )
    words = forms.CharField(
        label=_("请求内容"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("更正请写明哪里不对、应当是什么。加密保存。"),
    )  # fmt: skip
    received_on = forms.DateField(label=_("收到日期"), initial=timezone.localdate)


class CheckForm(HouseForm):
    document = forms.ChoiceField(label=_("查验的证件"), choices=PersonRequest.Document.choices)
    id_number = forms.CharField(
        label=_("证件上的身份证号"), max_length=30, required=False,
        help_text=_("档案里有号码时必填：只用来比对，不保存。"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class AnswerForm(HouseForm):
    words = forms.CharField(label=_("答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class DeclineForm(HouseForm):
    reason = forms.CharField(
        label=_("不予办理的理由"), min_length=2, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明依据，会告知提出人。"),
    )  # fmt: skip


class PurposeForm(HouseForm):
    purpose = forms.ChoiceField(label=_("撤回哪一项同意"), choices=Consent.Purpose.choices)


class ForgetForm(HouseForm):
    typed = forms.CharField(label=_("请输入“删除”以确认"), max_length=10)

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed not in ("删除", "delete"):
            raise forms.ValidationError(_("请输入“删除”。"))
        return typed


class ConsentForm(HouseForm):
    """Giving and withdrawing are one and the same form."""

    purpose = forms.ChoiceField(label=_("用途"), choices=Consent.Purpose.choices)
    giver = forms.ChoiceField(label=_("由谁表示"), choices=Consent.Giver.choices)
    name = forms.CharField(
        label=_("监护人或受托人姓名"), max_length=50, required=False, help_text=_("本人表示时不用填。")
    )
    on = forms.DateField(label=_("日期"), initial=timezone.localdate)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("giver") not in (None, Consent.Giver.SELF) and not data.get("name", "").strip():
            self.add_error("name", _("请填写监护人或受托人的姓名。"))
        on: dt.date | None = data.get("on")
        if on and on > timezone.localdate():
            self.add_error("on", _("日期不能在今天之后。"))
        return data
