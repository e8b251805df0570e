"""Forms of members and of the operator's desk."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import AGENCY_ROLES
from accounts.sign_in.password_proof import PasswordField
from common.pages.forms import HouseForm
from common.texts.credit_code import credit_code

ROLE_CHOICES = [(role.slug, role.title) for role in AGENCY_ROLES]


class MemberForm(HouseForm):
    """Give somebody a login and roles; a known username is given the roles only."""

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
    roles = forms.MultipleChoiceField(label=_("角色"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password"):
            try:
                validate_password(data["password"], User(username=data.get("username", ""), name=data.get("name", "")))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return data


class RolesForm(HouseForm):
    roles = forms.MultipleChoiceField(label=_("角色"), choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple)


class OpenAgencyForm(HouseForm):
    name = forms.CharField(label=_("机构名称"), max_length=100)
    slug = forms.CharField(label=_("网址名"), max_length=30, help_text=_("小写字母、数字和连字符；开通后不再改。"))
    credit_code = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False)
    region = forms.CharField(label=_("区划代码"), max_length=12, required=False)

    def clean_credit_code(self) -> str:
        code: str = self.cleaned_data["credit_code"]
        try:
            return credit_code(code) if code else ""
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None


class SuspensionForm(HouseForm):
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200, help_text=_("机构会看到这个原因。"))


class DeletionForm(HouseForm):
    typed_name = forms.CharField(label=_("请输入机构名称以确认"), max_length=100)


class AskToDeleteForm(DeletionForm):
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200, help_text=_("机构会看到这个原因。"))


class LeavingForm(DeletionForm):
    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200, help_text=_("平台运营会看到这个原因。"))
    password = PasswordField()
