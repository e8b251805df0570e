"""Forms of the site tree."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from directory.door import RegionField
from services.network.models import Site


class SiteFilter(HouseForm):
    level = forms.ChoiceField(label=_("层级"), required=False, choices=[("", _("全部")), *Site.Level.choices])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("open", _("在用")), ("closed", _("已停用"))]
    )

    def narrow(self, rows: "QuerySet[Site]") -> "QuerySet[Site]":
        data = self.cleaned_data
        if data["level"]:
            rows = rows.filter(level=data["level"])
        if data["state"]:
            rows = rows.filter(closed_on__isnull=data["state"] == "open")
        return rows


class SiteForm(HouseForm):
    code = forms.CharField(label=_("编号"), max_length=30, help_text=_("合同和评估按这个编号计数，启用后不再改。"))
    name = forms.CharField(label=_("名称"), max_length=60)
    level = forms.ChoiceField(label=_("层级"), choices=Site.Level.choices)
    label = forms.CharField(label=_("当地称呼"), max_length=12, help_text=_("例如 总站、中心、社工站、社工室、社工点"))
    parent = forms.ModelChoiceField(
        label=_("上级站点"), queryset=Site.objects.none(), required=False, to_field_name="ref"
    )
    region = RegionField(label=_("所在区划"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    opened_on = forms.DateField(label=_("启用日期"), initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Site.objects.open()  # type: ignore[attr-defined]


class SiteChangeForm(HouseForm):
    name = forms.CharField(label=_("名称"), max_length=60)
    label = forms.CharField(label=_("当地称呼"), max_length=12)
    region = RegionField(label=_("所在区划"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    phone = forms.RegexField(
        r"^[0-9+()（） \-转]*$", label=_("电话"), max_length=30, required=False,
        help_text=_("站点的公开电话，公众看得到；不要填个人手机。"),
    )  # fmt: skip
    hours = forms.CharField(
        label=_("开放时间"), max_length=100, required=False, help_text=_("例如 周一至周五 9:00–17:00")
    )
    services = forms.CharField(
        label=_("服务项目和时间"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("每行一项，例如 日间照料 周一至周五上午"),
    )  # fmt: skip


class ClosingForm(HouseForm):
    closed_on = forms.DateField(label=_("停用日期"), initial=timezone.localdate)
