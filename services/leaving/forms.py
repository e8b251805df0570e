"""Forms of leaving."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import HouseForm


class PasswordField(forms.CharField):
    """One's own password, asked for again."""

    def __init__(self) -> None:
        super().__init__(
            label=_("您的登录密码"), strip=False, max_length=128,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )  # fmt: skip


class ExportForm(HouseForm):
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200, help_text=_("写入操作日志，4 至 200 字。"))
    password = PasswordField()
