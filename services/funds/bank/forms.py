"""Forms of bank statements and their lines."""

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from common.refusals import Refused
from services.funds.bank.statements import LARGEST, MB, Unreadable
from services.funds.donations.forms import DonationForm
from services.funds.models import BankLine, Fund, Purpose
from services.ledger.models import Entry

ANY: Final = ("", _("全部"))


class LineFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[ANY, *BankLine.State.choices])
    side = forms.ChoiceField(label=_("方向"), required=False, choices=[ANY, ("in", _("收入")), ("out", _("支出"))])
    from_on = forms.DateField(label=_("从"), required=False)
    to_on = forms.DateField(label=_("至"), required=False)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        said = self.cleaned_data
        asked = {"state": said["state"], "on__gte": said["from_on"], "on__lte": said["to_on"]}
        rows = rows.filter(**{name: value for name, value in asked.items() if value})
        if said["side"]:
            rows = rows.filter(amount__gt=0) if said["side"] == "in" else rows.filter(amount__lt=0)
        return rows


class StatementForm(HouseForm):
    file = forms.FileField(
        label=_("对账单文件"), max_length=120,
        help_text=_("网上银行导出的 Excel（.xlsx）或 CSV，不超过 5 MB、2 万行；重复的流水不会重复导入。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )  # fmt: skip

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            self.status = Unreadable.page_status
            raise forms.ValidationError(_("文件超过 %(n)d MB。"), params={"n": LARGEST // MB})
        return file

    def refuse(self, refusal: Refused, beside: str = "file") -> None:
        super().refuse(refusal, beside)


class AsideForm(HouseForm):
    reason = forms.CharField(
        label=_("说明"), min_length=2, max_length=100, help_text=_("为什么不是基金的收支，例如 同一账户内其他项目。")
    )


class PurposeChoiceForm(HouseForm):
    purpose = forms.ModelChoiceField(label=_("用途"), queryset=Purpose.objects.none(), to_field_name="ref")

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = fund.purposes.filter(closed_on=None)
        self.fields["purpose"].queryset = open_ones  # type: ignore[attr-defined]
        self.initial.setdefault("purpose", open_ones.filter(is_restricted=False).values_list("ref", flat=True).first())


class MatchForm(HouseForm):
    entry = forms.ModelChoiceField(label=_("凭证"), queryset=Entry.objects.none(), to_field_name="ref")

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = Entry.objects.filter(book_id=fund.book_id)  # type: ignore[attr-defined]


class LineDonationForm(DonationForm):
    """A donation whose amount, day and reference the bank has said already."""

    def __init__(self, fund: Fund, *args: Any, **kwargs: Any) -> None:
        super().__init__(fund, *args, **kwargs)
        for name in ("kind", "amount", "received_on", "reference", "goods", "valuation"):
            del self.fields[name]
