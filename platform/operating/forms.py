"""Forms of the operator's desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import HouseForm


class EmergencyForm(HouseForm):
    reason = forms.CharField(label=_("原因"), min_length=5, max_length=200, help_text=_("机构会看到这个原因。"))
    hours = forms.IntegerField(label=_("时长（小时）"), min_value=1, max_value=8, initial=1)
