"""Forms of a fund itself: opening, changing, closing, its committee and its purposes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm, MoneyField
from directory.door import RegionField
from services.funds.fund.committee import candidates
from services.funds.models import CommitteeMember, Fund
from services.funds.rules import offered
from services.network.models import Site
from tenants.models import Membership


class FundFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Fund.State.choices])

    def narrow(self, rows: "QuerySet[Fund]") -> "QuerySet[Fund]":
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


class FaceForm(HouseForm):
    """What may be changed of a fund later."""

    name = forms.CharField(label=_("基金名称"), max_length=60)
    custodian = forms.CharField(label=_("托管慈善组织"), max_length=100, help_text=_("资金存放在这家慈善组织的账户。"))
    area = RegionField(label=_("服务区划"), required=False)
    site = forms.ModelChoiceField(
        label=_("服务站点"), queryset=Site.objects.none(), to_field_name="ref", required=False
    )
    purpose_text = forms.CharField(label=_("宗旨"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.open().order_by("code")  # type: ignore[attr-defined]


class FundForm(FaceForm):
    code = forms.CharField(label=_("基金编号"), max_length=12, required=False, help_text=_("留空则自动编号，如 F01。"))
    programme = forms.ChoiceField(label=_("规则"))
    opened_on = forms.DateField(label=_("设立日期"), initial=timezone.localdate)
    opening = MoneyField(
        label=_("起始资金"), required=False, help_text=_("留空则为规则要求的数额；作为第一笔捐赠入账。")
    )
    opening_giver = forms.CharField(
        label=_("起始资金来源"), max_length=100, required=False, help_text=_("出资单位，留空则为托管慈善组织。")
    )
    field_order = ("name", "code", "custodian", "programme", "opened_on", "opening", "opening_giver")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = offered()  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class FundClosingForm(HouseForm):
    closed_on = forms.DateField(label=_("关闭日期"), initial=timezone.localdate)


class SureForm(HouseForm):
    sure = forms.BooleanField(label=_("已核对，确认办理"))


class TransferForm(SureForm):
    """Bind the approval to the amount that was shown."""

    shown = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)


class PurposeForm(HouseForm):
    name = forms.CharField(label=_("用途名称"), max_length=60, help_text=_("例如 助学、儿童之家改造"))


class MemberChoice(forms.ModelChoiceField[Membership]):
    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.get_full_name()}（{obj.user.username}）"


class CommitteeMemberForm(HouseForm):
    member = MemberChoice(label=_("成员"), queryset=Membership.objects.none(), to_field_name="ref")
    role = forms.ChoiceField(label=_("职责"), choices=CommitteeMember.Role.choices)
    background = forms.CharField(
        label=_("身份"), max_length=40, required=False, help_text=_("例如 居民代表、社区书记、律师")
    )
    from_on = forms.DateField(label=_("任职日期"), initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = candidates()  # type: ignore[attr-defined]


class EndOfTermForm(HouseForm):
    to_on = forms.DateField(label=_("离任日期"), initial=timezone.localdate)
