"""The forms of the first hour."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from directory.door import RegionField
from services.network.bulk_opening import COLUMNS, MOST, Proposal


class DistrictForm(HouseForm):
    """Whose streets to list."""

    district = RegionField(label=_("区县"), help_text=_("写名称、拼音或代码，例如 历下区、lixia"))

    def __init__(self, *args: Any, near: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].near = near  # type: ignore[attr-defined]

    def clean_district(self) -> str:
        return str(self.cleaned_data["district"])[:6]


class StreetsForm(HouseForm):
    """The streets that get a station."""

    streets = forms.MultipleChoiceField(label=_("街道乡镇"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, proposals: list[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = {proposal.street.code: proposal for proposal in proposals if proposal.taken is None}
        self.fields["streets"].choices = [  # type: ignore[attr-defined]
            (code, f"{proposal.street.name} → {proposal.planned.name}") for code, proposal in self.proposals.items()
        ]

    def chosen(self) -> list[Proposal]:
        return [self.proposals[code] for code in self.cleaned_data["streets"]]


class SheetForm(HouseForm):
    file = forms.FileField(
        label=_("Excel 或 CSV 文件"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("最多 200 行，5 MB。先预览，确认后才启用。"),
    )  # fmt: skip


class RowsForm(HouseForm):
    """The previewed rows, sent back to be opened; they are read and checked anew."""

    rows = forms.CharField(widget=forms.HiddenInput, max_length=300_000)

    def clean_rows(self) -> list[list[str]]:
        try:
            rows = json.loads(self.cleaned_data["rows"])
        except (ValueError, RecursionError):
            rows = None
        if not isinstance(rows, list) or len(rows) > MOST or not all(_is_row(row) for row in rows):
            raise forms.ValidationError(gettext("预览的内容已不完整，请重新上传。"))
        return rows


def _is_row(row: object) -> bool:
    return isinstance(row, list) and len(row) <= COLUMNS and all(isinstance(cell, str) for cell in row)


class ProgrammeForm(HouseForm):
    key = forms.ChoiceField(label=_("评估方案"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = choices  # type: ignore[attr-defined]
