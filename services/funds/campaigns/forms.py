"""Forms of campaigns and the pledges that match them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm, MoneyField
from services.funds.models import Fund, Purpose


class CampaignForm(HouseForm):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如 99公益日·儿童之家"))
    purpose = forms.ModelChoiceField(label=_("用途"), queryset=Purpose.objects.none(), to_field_name="ref")
    starts_on = forms.DateField(label=_("开始日期"), initial=timezone.localdate)
    ends_on = forms.DateField(label=_("结束日期"))
    target = MoneyField(label=_("募款目标（元）"))
    output = forms.CharField(label=_("成果"), max_length=40, required=False, help_text=_("例如 改造儿童之家"))
    output_unit = forms.CharField(label=_("单位"), max_length=10, required=False, help_text=_("例如 户"))
    output_target = forms.IntegerField(label=_("计划数量"), min_value=0, max_value=1_000_000, required=False)

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = fund.purposes.filter(closed_on=None)  # type: ignore[attr-defined]

    def clean_output_target(self) -> int:
        return self.cleaned_data["output_target"] or 0


class PledgeForm(HouseForm):
    giver = forms.CharField(label=_("配捐方"), max_length=100, help_text=_("例如 街道办事处、企业"))
    rate = forms.DecimalField(
        label=_("每元配捐"), max_digits=6, decimal_places=4, min_value=Decimal("0.0001"), help_text=_("例如 0.5")
    )
    ceiling = MoneyField(label=_("配捐上限（元）"))


class OutputForm(HouseForm):
    done = forms.IntegerField(label=_("完成数量"), min_value=0, max_value=1_000_000)
