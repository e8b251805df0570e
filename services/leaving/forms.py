"""Forms of leaving."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.password_proof import PasswordField
from common.pages.forms import HouseForm


class ExportForm(HouseForm):
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200, help_text=_("写入操作日志，4 至 200 字。"))
    password = PasswordField()
