"""Forms of applications, their assessment, decision, payment and confirmation."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm, MoneyField
from common.refusals import Refused
from services.clients.models import Client
from services.funds.models import Fund, Purpose
from services.grants.applications.actions import Wanted
from services.grants.guards.page_digest import StalePage
from services.grants.models import Application, Ballot, Need, Objection, Payment
from services.grants.workflow import shown_in
from services.network.models import Site

NO_NAMES = _("加密保存。委员和监督员会看到，请不要写姓名、证件号和电话。")


class PurposeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A purpose of a fund that takes applications, shown with its fund."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Purpose.objects.none(), to_field_name="ref", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.fund.name} · {obj.name}"


def open_purposes() -> QuerySet[Purpose]:
    """Return the purposes one may ask for."""
    return Purpose.objects.filter(fund__state=Fund.State.ACTIVE, closed_on=None).select_related("fund")


class ApplicationFilter(HouseForm):
    queue = forms.ChoiceField(label=_("范围"), required=False, choices=[("", _("全部")), ("mine", _("待我处理"))])
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Application.State.choices])
    fund = forms.ModelChoiceField(
        label=_("基金"), required=False, queryset=Fund.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *Need.Kind.choices])

    def __init__(self, *args: Any, waiting: Any, **kwargs: Any) -> None:
        """`waiting` narrows rows to those that wait for the person who asks."""
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        self.fields["fund"].queryset = Fund.objects.all()  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Application]") -> "QuerySet[Application]":
        said = self.cleaned_data
        if said["queue"] == "mine":
            rows = self.waiting(rows)
        if said["state"]:
            rows = rows.filter(shown_in(said["state"], timezone.localdate()))
        if said["fund"]:
            rows = rows.filter(fund=said["fund"])
        if said["kind"]:
            rows = rows.filter(need__kind=said["kind"])
        return rows


class AskForm(HouseForm):
    """What is asked of a fund, without the need."""

    purpose = PurposeField(label=_("基金和用途"))
    asked = MoneyField(label=_("申请金额（元）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = open_purposes()  # type: ignore[attr-defined]


class NeedForm(AskForm):
    """A need of one kind and what is asked for it; fields of other kinds are left out."""

    title = forms.CharField(label=_("名称"), max_length=80)
    held_on = forms.DateField(label=_("开展日期"), required=False)
    provider = forms.CharField(label=_("服务提供方"), max_length=100)
    quantity = forms.IntegerField(label=_("服务数量"), min_value=1, max_value=100_000)
    unit = forms.CharField(label=_("服务单位"), max_length=10, help_text=_("例如 次、小时、户"))
    cause = forms.ChoiceField(label=_("困难原因"), choices=[("", _("请选择")), *Need.Cause.choices])
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    story = forms.CharField(
        label=_("情况说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text=NO_NAMES
    )
    as_draft = forms.BooleanField(label=_("先存为草稿，暂不提交"), required=False)

    LEFT_OUT = {
        Need.Kind.PERSON: ("title", "held_on", "provider", "quantity", "unit", "site"),
        Need.Kind.ACTIVITY: ("cause", "provider", "quantity", "unit"),
        Need.Kind.SERVICE: ("cause",),
    }

    def __init__(
        self,
        *args: Any,
        kind: str,
        client: Client | None,
        sites: "QuerySet[Site]",
        changing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.client = kind, client
        for name in self.LEFT_OUT[Need.Kind(kind)]:
            del self.fields[name]
        if changing:
            del self.fields["as_draft"]
        if "site" in self.fields:
            self.fields["site"].queryset = sites.open().order_by("code")  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return the need as the cleaned form says it."""
        own = ("title", "held_on", "provider", "quantity", "unit", "cause", "story")
        said = {name: self.cleaned_data[name] for name in own if name in self.cleaned_data}
        site = self.client.site if self.client else self.cleaned_data["site"]
        return Wanted(kind=self.kind, site=site, client=self.client, **said)


class SeenForm(HouseForm):
    """A form whose act is bound to what its page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def refuse(self, refusal: Refused, beside: str = "") -> None:
        """Show why an act was refused. A page that became stale is shown anew as it is now: sending it again then
        decides on what is shown."""
        super().refuse(refusal, beside)
        if isinstance(refusal, StalePage):
            self.data = {**self.data.dict(), "seen": self.initial["seen"]}


class AssessForm(SeenForm):
    amount = MoneyField(label=_("评估的需求金额（元）"), help_text=_("整项需求需要多少；各基金合计资助不超过此数。"))
    findings = forms.CharField(
        label=_("评估情况和建议"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text=NO_NAMES
    )


class ApplicationReasonForm(HouseForm):
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200)


class BallotForm(SeenForm):
    verdict = forms.ChoiceField(label=_("意见"), choices=Ballot.Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不同意、补充材料和回避须写明理由。请不要写姓名。"),
    )  # fmt: skip


class OpinionForm(SeenForm):
    has_no_objection = forms.TypedChoiceField(
        label=_("对审议程序"), choices=[("1", _("无异议")), ("0", _("有意见"))], widget=forms.RadioSelect,
        coerce=lambda said: said == "1",
    )  # fmt: skip
    words = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("有意见时须写明。请不要写姓名。"),
    )  # fmt: skip


class ObjectionForm(HouseForm):
    words = forms.CharField(
        label=_("异议内容"), min_length=4, max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    contact = forms.CharField(
        label=_("联系方式"), max_length=200, required=False,
        help_text=_("可以不填；加密保存，只用于向您核实和答复。"),
    )  # fmt: skip


class AnswerForm(HouseForm):
    verdict = forms.ChoiceField(
        label=_("核实结果"), widget=forms.RadioSelect,
        choices=[
            (Objection.State.DISMISSED, _("异议不成立，继续公示")),
            (Objection.State.UPHELD, _("异议成立，管委会重新审议")),
        ],
    )  # fmt: skip
    words = forms.CharField(label=_("答复"), min_length=2, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class PaymentFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Payment.State.choices])

    def narrow(self, rows: "QuerySet[Payment]") -> "QuerySet[Payment]":
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


class PaymentForm(SeenForm):
    method = forms.ChoiceField(label=_("付款方式"), choices=Payment.Method.choices)
    payee = forms.CharField(
        label=_("收款人"), max_length=200, help_text=_("户名、开户行和账号，或签收人。加密保存，只有付款的人看到。")
    )
    reference = forms.CharField(label=_("流水号"), max_length=60, required=False)


class PaymentApprovalForm(SeenForm):
    reference = forms.CharField(label=_("流水号"), max_length=60, required=False)


class ConfirmationForm(HouseForm):
    how = forms.ChoiceField(
        label=_("确认方式"), choices=[("签收单", _("签收单")), ("电话回访", _("电话回访")), ("照片", _("照片"))]
    )
    words = forms.CharField(
        label=_("确认情况"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("加密保存。")
    )
    confirmed_on = forms.DateField(label=_("确认日期"), initial=timezone.localdate)


class RepaymentForm(HouseForm):
    amount = MoneyField(label=_("退回金额（元）"))
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200, help_text=_("请不要写姓名。"))
    received_on = forms.DateField(label=_("退回日期"), initial=timezone.localdate)


class MergeForm(HouseForm):
    duplicate = forms.CharField(
        label=_("重复档案的编号"), max_length=30, help_text=_("这份档案会并入当前档案并关闭，例如 C2026-00017。")
    )

    def __init__(self, *args: Any, known: "QuerySet[Client]", keep: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.keep = known, keep

    def clean_duplicate(self) -> Client:
        found = self.known.filter(number=self.cleaned_data["duplicate"].strip().upper()).first()
        if found is None or found.pk == self.keep.pk:
            raise forms.ValidationError(_("没有找到这个编号的另一份档案。"))
        return found
