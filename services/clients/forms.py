"""Forms of clients' and households' files."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from directory.door import RegionField
from services.clients import codes
from services.clients.actions import ClientFile
from services.clients.models import Client, Household
from services.network.models import Site
from services.people.models import Staff


def category_choices() -> list[tuple[str, str]]:
    return [(category.code, category.name) for category in codes.in_force(timezone.localdate()).categories]


class ClientFilter(HouseForm):
    site = forms.ModelChoiceField(
        label=_("站点"), required=False, queryset=Site.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    category = forms.ChoiceField(label=_("类别"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Client.State.choices])

    def __init__(self, *args: Any, sites: "QuerySet[Site]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites.order_by("code")  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("全部")), *category_choices()]  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Client]") -> "QuerySet[Client]":
        data = self.cleaned_data
        if data["site"]:
            rows = rows.filter(site=data["site"])
        if data["category"]:
            in_category = Client.objects.filter(categories__code=data["category"], categories__to_on=None)
            rows = rows.filter(pk__in=in_category.values("pk"))
        if data["state"]:
            rows = rows.filter(state=data["state"])
        return rows


class ClientForm(HouseForm):
    """A client's file. Sealed fields are never shown again: left empty, they keep what they hold."""

    name = forms.CharField(label=_("姓名"), max_length=50, strip=False)
    id_number = forms.CharField(
        label=_("身份证号"), max_length=40, required=False, help_text=_("加密保存；全角数字、空格和小写 x 会自动规范。")
    )
    gender = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("未说明")), ("f", _("女")), ("m", _("男"))]
    )
    birth_on = forms.DateField(label=_("出生日期"), required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False, help_text=_("加密保存。"))
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    worker = forms.ModelChoiceField(
        label=_("负责社工"), queryset=Staff.objects.none(), to_field_name="ref", required=False
    )
    categories = forms.MultipleChoiceField(label=_("困难类别"), required=False, widget=forms.CheckboxSelectMultiple)
    household = forms.ModelChoiceField(
        label=_("家庭"), queryset=Household.objects.none(), to_field_name="ref", required=False
    )
    relation = forms.CharField(label=_("与户主关系"), max_length=20, required=False)
    registered_region = RegionField(label=_("户籍地"), required=False)
    living_region = RegionField(label=_("居住地"), required=False)
    address = forms.CharField(label=_("详细住址"), max_length=200, required=False, help_text=_("加密保存。"))
    remark = forms.CharField(
        label=_("备注"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("加密保存。"),
    )
    is_restricted = forms.BooleanField(
        label=_("限制查看：只有负责社工能看到这份档案（如家庭暴力、受保护儿童）"), required=False
    )

    def __init__(
        self,
        *args: Any,
        sites: "QuerySet[Site]",
        households: "QuerySet[Household]",
        changing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites.open().order_by("code")  # type: ignore[attr-defined]
        self.fields["worker"].queryset = Staff.objects.filter(ended_on=None)  # type: ignore[attr-defined]
        self.fields["household"].queryset = households  # type: ignore[attr-defined]
        self.fields["categories"].choices = category_choices()  # type: ignore[attr-defined]
        if changing:
            del self.fields["categories"]
            for name in ("id_number", "phone", "address", "remark"):
                self.fields[name].help_text = _("加密保存；留空则保持原来的内容。")

    def file(self) -> ClientFile:
        data = dict(self.cleaned_data)
        return ClientFile(**{**data, "categories": tuple(data.get("categories", ()))})


class CategoryForm(HouseForm):
    code = forms.ChoiceField(label=_("类别"))
    from_on = forms.DateField(label=_("开始日期"), initial=timezone.localdate)
    to_on = forms.DateField(label=_("结束日期"), required=False, help_text=_("仍然有效时留空。"))
    proof = forms.CharField(label=_("依据"), max_length=100, required=False, help_text=_("例如 低保证、残疾证"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = category_choices()  # type: ignore[attr-defined]


class EndCategoryForm(HouseForm):
    to_on = forms.DateField(label=_("结束日期"), initial=timezone.localdate)


class RevealForm(HouseForm):
    reason = forms.CharField(
        label=_("查看理由"), min_length=4, max_length=200, help_text=_("会与您的姓名和时间一起记录在案。")
    )


class RestrictForm(HouseForm):
    workers = forms.ModelMultipleChoiceField(
        label=_("可查看的社工"),
        queryset=Staff.objects.none(),
        to_field_name="ref",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].queryset = Staff.objects.filter(ended_on=None)  # type: ignore[attr-defined]


class HouseholdForm(HouseForm):
    title = forms.CharField(label=_("户名"), max_length=60, help_text=_("例如 张家（户主姓名）"))
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    address = forms.CharField(label=_("详细住址"), max_length=200, required=False, help_text=_("加密保存。"))
    opened_on = forms.DateField(label=_("建档日期"), initial=timezone.localdate)

    def __init__(self, *args: Any, sites: "QuerySet[Site]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites.open().order_by("code")  # type: ignore[attr-defined]

    def clean_opened_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["opened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("建档日期不能在今天之后。"))
        return day
