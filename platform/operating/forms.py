"""Forms of the operator's desk."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.roles import SHARED_ROLES
from common.pages.forms import HouseForm
from directory.fields import RegionField
from directory.models import Organisation
from operating.people.actions import BY_COMMAND_ONLY
from tenants.models import UnknownCommit

GIVEN = [role for role in SHARED_ROLES if role.slug not in BY_COMMAND_ONLY]


class OrganisationFilter(HouseForm):
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *Organisation.Kind.choices])
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), ("open", _("使用中")), ("closed", _("已停用"))]
    )

    def narrow(self, rows: "QuerySet[Organisation]") -> "QuerySet[Organisation]":
        data = self.cleaned_data
        if data["kind"]:
            rows = rows.filter(kind=data["kind"])
        return rows.filter(closed_on__isnull=data["state"] == "open") if data["state"] else rows


class OrganisationForm(HouseForm):
    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=Organisation.Kind.choices)
    area = RegionField(label=_("所在区划"))
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=40, required=False, help_text=_("没有时留空；填写后会核对校验位。")
    )


class UnknownFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *UnknownCommit.State.choices])

    def narrow(self, rows: "QuerySet[UnknownCommit]") -> "QuerySet[UnknownCommit]":
        return rows.filter(state=self.cleaned_data["state"]) if self.cleaned_data["state"] else rows


class NoteForm(HouseForm):
    note = forms.CharField(
        label=_("处理说明"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写查到了什么、怎样处理的；不要写服务对象的姓名。"),
    )  # fmt: skip


class EmergencyForm(HouseForm):
    reason = forms.CharField(label=_("原因"), min_length=5, max_length=200, help_text=_("机构会看到这个原因。"))
    hours = forms.IntegerField(label=_("时长（小时）"), min_value=1, max_value=8, initial=1)


class FloorRoleForm(HouseForm):
    """Give somebody a role on the shared floor; a known username is given the role only."""

    username = forms.RegexField(
        label=_("用户名"), regex=r"^[\w.@+-]{3,60}\Z", help_text=_("字母、数字和 . @ + - _，3 至 60 个字符。")
    )
    name = forms.CharField(label=_("姓名"), max_length=50)
    password = forms.CharField(
        label=_("初始密码"),
        required=False,
        widget=forms.PasswordInput,
        help_text=_("新账号需要，至少 10 个字符；已有账号留空。"),
    )
    role = forms.ChoiceField(label=_("角色"), choices=[(role.slug, role.title) for role in GIVEN])
    area = forms.RegexField(
        label=_("辖区的区划代码"), regex=r"^\d{6,12}\Z", required=False, help_text=_("区级、市级人员和评估专家需要。")
    )
