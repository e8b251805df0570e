"""Forms of volunteers, training and hours."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.network.models import Site
from services.volunteers.models import HourRecord, Team, Volunteer


class VolunteerFilter(HouseForm):
    team = forms.ModelChoiceField(
        label=_("队伍"), required=False, queryset=Team.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("here", _("在册")), ("left", _("已退出"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.all()  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Volunteer]") -> "QuerySet[Volunteer]":
        said = self.cleaned_data
        if said["team"]:
            rows = rows.filter(teams=said["team"])
        if said["state"]:
            rows = rows.filter(left_on__isnull=said["state"] == "here")
        return rows


class HoursFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *HourRecord.State.choices])

    def narrow(self, rows: "QuerySet[HourRecord]") -> "QuerySet[HourRecord]":
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


class VolunteerForm(HouseForm):
    name = forms.CharField(label=_("姓名"), max_length=50, strip=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False, help_text=_("加密保存。"))
    skills = forms.CharField(label=_("特长"), max_length=100, required=False)
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    teams = forms.ModelMultipleChoiceField(
        label=_("队伍"),
        queryset=Team.objects.none(),
        to_field_name="ref",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    registered_on = forms.DateField(label=_("登记日期"), initial=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.open().order_by("code")  # type: ignore[attr-defined]
        self.fields["teams"].queryset = Team.objects.all()  # type: ignore[attr-defined]


class TeamForm(HouseForm):
    name = forms.CharField(label=_("队伍名称"), max_length=60)
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.open().order_by("code")  # type: ignore[attr-defined]


class TrainingForm(HouseForm):
    title = forms.CharField(label=_("培训内容"), max_length=80)
    held_on = forms.DateField(label=_("培训日期"), initial=timezone.localdate)
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1, max_value=1440)


class HoursForm(HouseForm):
    served_on = forms.DateField(label=_("服务日期"), initial=timezone.localdate)
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1, max_value=1440)
    activity = forms.CharField(label=_("服务内容"), max_length=80)


class RefusalForm(HouseForm):
    reason = forms.CharField(label=_("未通过原因"), min_length=2, max_length=100)


class LeavingForm(HouseForm):
    left_on = forms.DateField(label=_("退出日期"), initial=timezone.localdate)
