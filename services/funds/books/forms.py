"""Forms of a fund's books."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from services.funds.books.labels import KINDS
from services.funds.models import Fund
from services.ledger.models import Account, Entry


class EntryFilter(HouseForm):
    from_on = forms.DateField(label=_("从"), required=False)
    to_on = forms.DateField(label=_("至"), required=False)
    account = forms.ModelChoiceField(
        label=_("科目"), required=False, queryset=Account.objects.none(), to_field_name="code", empty_label=_("全部")
    )
    kind = forms.ChoiceField(label=_("事项"), required=False, choices=[("", _("全部")), *KINDS.items()])

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = Account.objects.filter(book_id=fund.book_id).order_by("code")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["account"].label_from_instance = lambda account: account.label  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[Entry]") -> "QuerySet[Entry]":
        said = self.cleaned_data
        if said["from_on"]:
            rows = rows.filter(occurred_on__gte=said["from_on"])
        if said["to_on"]:
            rows = rows.filter(occurred_on__lte=said["to_on"])
        if said["account"]:
            rows = rows.filter(lines__account=said["account"])
        return rows.filter(kind=said["kind"]) if said["kind"] else rows


class PeriodForm(HouseForm):
    """Days from and to; without an answer the running year to today."""

    from_on = forms.DateField(label=_("从"))
    to_on = forms.DateField(label=_("至"))

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("from_on") and said.get("to_on") and said["to_on"] < said["from_on"]:
            raise forms.ValidationError(_("截止日期不能早于开始日期。"))
        return said

    @classmethod
    def asked(cls, data: Any) -> "PeriodForm":
        """Return the form as the address asks, filled with the running year where it says nothing."""
        today = timezone.localdate()
        usual = {"from_on": f"{today.year}-01-01", "to_on": f"{today:%Y-%m-%d}"}
        return cls({name: data.get(name) or value for name, value in usual.items()})


class ReversalForm(HouseForm):
    memo = forms.CharField(
        label=_("冲正原因"), min_length=2, max_length=100, help_text=_("写入账簿并永久保存，请勿写姓名。")
    )
    occurred_on = forms.DateField(label=_("记账日期"), initial=timezone.localdate)


class ClosingForm(HouseForm):
    sure = forms.BooleanField(label=_("已核对试算平衡和银行对账，确认结账"))
