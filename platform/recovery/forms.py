"""The forms of a forgotten password and of one's own mail address."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.password_proof import PasswordField
from common.pages.forms import HouseForm
from common.refusals import Refused


class ForgottenForm(HouseForm):
    said = forms.CharField(
        label=_("用户名或邮箱"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(HouseForm):
    password = forms.CharField(
        label=_("新密码"), max_length=128, strip=False, help_text=_("至少 10 个字符。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("再输入一次"), max_length=128, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "password" in data and "again" in data and data["password"] != data["again"]:
            self.add_error("again", gettext("两次输入的密码不一样。"))
        return data


class MailForm(HouseForm):
    email = forms.EmailField(label=_("邮箱"), max_length=254, help_text=_("忘记密码时，重设链接发到这里。"))
    password = PasswordField()


class CodeForm(HouseForm):
    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip

    def refuse(self, no: Refused, beside: str = "code") -> None:
        """Show why beside the code."""
        super().refuse(no, beside)
