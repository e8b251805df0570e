"""Forms of the operator's desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import SHARED_ROLES
from common.forms import HouseForm
from operating.people import BY_COMMAND_ONLY

GIVEN = [role for role in SHARED_ROLES if role.slug not in BY_COMMAND_ONLY]


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
