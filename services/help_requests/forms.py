"""What a stranger fills in, and how a request ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.help_requests.models import HelpRequest


class AskForm(HouseForm):
    name = forms.CharField(label=_("怎么称呼您"), max_length=30)
    phone = forms.RegexField(r"^[0-9+() -]{7,20}$", label=_("联系电话"), max_length=20)
    topic = forms.ChoiceField(label=_("事由"), choices=HelpRequest.Topic.choices)
    words = forms.CharField(
        label=_("简单说说情况"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不用写证件号；工作人员会打电话给您。"),
    )  # fmt: skip


class NumberForm(HouseForm):
    number = forms.SlugField(label=_("求助编号"), max_length=16)


class OutcomeForm(HouseForm):
    outcome = forms.ChoiceField(label=_("结果"), choices=HelpRequest.Outcome.choices)


class RequestFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *HelpRequest.State.choices])

    def narrow(self, rows: Any) -> Any:
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows
