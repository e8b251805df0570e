"""Forms of what comes in: donations, their filter, refunds, receipts."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm, MoneyField
from services.funds.models import Campaign, Donation, Fund, Pledge, Purpose

ANY = ("", _("全部"))


class DonationFilter(HouseForm):
    kind = forms.ChoiceField(label=_("形式"), required=False, choices=[ANY, *Donation.Kind.choices])
    giver = forms.ChoiceField(label=_("捐赠人类别"), required=False, choices=[ANY, *Donation.Giver.choices])
    purpose = forms.ModelChoiceField(
        label=_("用途"), required=False, queryset=Purpose.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    campaign = forms.ModelChoiceField(
        label=_("劝募活动"), required=False, queryset=Campaign.objects.none(), to_field_name="ref",
        empty_label=_("全部"),
    )  # fmt: skip
    from_on = forms.DateField(label=_("从"), required=False)
    to_on = forms.DateField(label=_("至"), required=False)
    receipt = forms.ChoiceField(
        label=_("收据"), required=False, choices=[ANY, ("waiting", _("待开")), ("issued", _("已开"))]
    )

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = fund.purposes.all()  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = fund.campaigns.all()  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        said = self.cleaned_data
        asked = {
            "kind": said["kind"], "giver": said["giver"], "purpose": said["purpose"], "campaign": said["campaign"],
            "received_on__gte": said["from_on"], "received_on__lte": said["to_on"],
        }  # fmt: skip
        rows = rows.filter(**{name: value for name, value in asked.items() if value})
        if said["receipt"]:
            rows = rows.filter(entry__reversed_by=None, has_receipt=said["receipt"] == "issued")
        return rows


class DonationForm(HouseForm):
    kind = forms.ChoiceField(label=_("形式"), choices=Donation.Kind.choices, initial=Donation.Kind.CASH)
    amount = MoneyField(label=_("金额（元）"), help_text=_("实物按计价金额填写。"))
    giver = forms.ChoiceField(label=_("捐赠人类别"), choices=Donation.Giver.choices)
    donor = forms.CharField(
        label=_("捐赠人"), max_length=100, required=False, strip=False, help_text=_("匿名捐赠留空。")
    )
    is_named = forms.BooleanField(
        label=_("同意公开姓名"), required=False, help_text=_("个人同意后才公开；单位和政府照常公开。")
    )
    received_on = forms.DateField(label=_("到账日期"), initial=timezone.localdate)
    purpose = forms.ModelChoiceField(label=_("用途"), queryset=Purpose.objects.none(), to_field_name="ref")
    campaign = forms.ModelChoiceField(
        label=_("劝募活动"), required=False, queryset=Campaign.objects.none(), to_field_name="ref"
    )
    pledge = forms.ModelChoiceField(
        label=_("配捐"), required=False, queryset=Pledge.objects.none(), to_field_name="ref",
        help_text=_("街道、企业按约定配捐的款项选这里。"),
    )  # fmt: skip
    goods = forms.CharField(label=_("物资名称和数量"), max_length=100, required=False)
    valuation = forms.CharField(label=_("计价依据"), max_length=100, required=False, help_text=_("例如 发票、市场询价"))
    reference = forms.CharField(label=_("银行流水号"), max_length=60, required=False)

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = fund.purposes.filter(closed_on=None)
        self.fields["purpose"].queryset = open_ones  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = fund.campaigns.all()  # type: ignore[attr-defined]
        pledges = Pledge.objects.filter(campaign__fund=fund).select_related("campaign")
        self.fields["pledge"].queryset = pledges  # type: ignore[attr-defined]
        self.fields["pledge"].label_from_instance = lambda one: f"{one.giver}（{one.campaign.name}）"  # type: ignore[attr-defined]
        self.initial.setdefault("purpose", open_ones.filter(is_restricted=False).values_list("ref", flat=True).first())


class RefundForm(HouseForm):
    amount = MoneyField(label=_("退还金额"))
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200)


class RefundApprovalForm(HouseForm):
    """Bind the approval to the amount that was shown."""

    shown = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)
    sure = forms.BooleanField(label=_("已核对原捐赠和退还账户"))


class VoidForm(HouseForm):
    reason = forms.CharField(
        label=_("作废原因"), min_length=2, max_length=100, help_text=_("写在收据上，请勿写他人姓名。")
    )
    anew = forms.BooleanField(label=_("同时重开一张"), required=False)
