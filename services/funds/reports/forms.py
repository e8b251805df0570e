"""Forms of reports and of the utilisation page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.funds.models import Fund


class ReportForm(HouseForm):
    words = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=2000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("随数字一起公开，例如主要支出做了什么。不要写受助人和匿名捐赠人的姓名。"),
    )


class UtilisationFilter(HouseForm):
    fund = forms.ChoiceField(label=_("基金"), required=False)

    def __init__(self, *args: Any, funds: list[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *((fund.ref, fund.name) for fund in funds)]
        self.fields["fund"].choices = choices  # type: ignore[attr-defined]
