"""The filter of a fund's movements."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from disclosure.models import Movement
from disclosure.words import CATEGORIES

SIDES = [("", _("全部")), ("in", _("收入")), ("out", _("支出"))]


class MovementFilter(HouseForm):
    side = forms.ChoiceField(label=_("收支"), required=False, choices=SIDES)
    category = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部")), *CATEGORIES.items()])
    purpose = forms.ChoiceField(label=_("用途"), required=False)
    since = forms.DateField(label=_("日期从"), required=False)
    until = forms.DateField(label=_("日期到"), required=False)

    def __init__(self, *args: Any, purposes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部")), *((name, name) for name in purposes)]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Movement]") -> "QuerySet[Movement]":
        said = self.cleaned_data
        if said["side"]:
            rows = rows.filter(**{"amount__gt" if said["side"] == "in" else "amount__lt": 0})
        for name in ("category", "purpose"):
            if said[name]:
                rows = rows.filter(**{name: said[name]})
        if said["since"]:
            rows = rows.filter(occurred_on__gte=said["since"])
        return rows.filter(occurred_on__lte=said["until"]) if said["until"] else rows
