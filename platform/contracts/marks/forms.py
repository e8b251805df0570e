"""The form of one mark, and of why one is withdrawn."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from common.files.proof_forms import ProofsField
from common.pages.forms import HouseForm, native_widget
from contracts.forms import offer
from contracts.marks.proofs import too_many
from contracts.marks.rules import LONGEST_CASE, MOST_CASES, MOST_FILES, FoundCase, has_cases
from contracts.models import ContractParty, Mark
from contracts.rules import LONGEST_REASON
from programmes.shapes import Indicator

EMPTY_ROWS: Final = 1  # more are a button away
CASE: Final = ("day", "points", "text")  # the columns of a row


class MarkForm(HouseForm):
    """Points by hand for one rule, or a veto, which has no points; for a deduction or a bonus also its cases.

    `given` is the person's own standing mark, whose words stand in the form; `typed` is what was typed when nothing is
    to be done yet but to show more rows.
    """

    party = forms.ChoiceField(label=_("评分方"))
    points = forms.DecimalField(label=_("得分"), max_digits=5, decimal_places=2, min_value=0)
    visited_on = forms.DateField(label=_("查看日期"), help_text=_("到现场或查阅材料的那一天。"))
    reason = forms.CharField(
        label=_("评分理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("承接机构会看到这段文字。请写看到了什么，不写服务对象的姓名。"),
    )
    proofs = ProofsField(
        most=MOST_FILES,
        too_many=too_many,
        label=_("照片和文件"),
        required=False,
        help_text=_("JPEG、PNG、WebP 照片或 PDF，每份不超过 10 MB，最多 20 份。拍摄地点等信息会先去掉，再加密保存。"),
    )

    def __init__(
        self,
        *args: Any,
        rule: Indicator | None,
        code: str,
        parties: Sequence[str],
        today: dt.date,
        given: Mark | None = None,
        typed: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        initial: Mapping[str, Any] = typed or (_words_of(given) if given else {"visited_on": today})
        super().__init__(*args, auto_id=f"id_{code}_%s", initial=initial, **kwargs)
        self.rule, self.rows = rule, 0
        titles = dict(ContractParty.Role.choices)
        offer(self, "party", [(party, titles[ContractParty.Role(party)]) for party in parties])
        if len(parties) == 1:
            self.fields["party"].widget = forms.HiddenInput()
            self.fields["party"].initial = self.initial["party"] = parties[0]
        if rule is None:
            del self.fields["points"]
            return
        points = self.fields["points"]
        assert isinstance(points, forms.DecimalField)
        points.widget.attrs.update({"max": str(rule.max_score), "step": "0.01"})
        whole = _("只能给 0 分或 %(max)s 分。") if rule.method == "all_or_nothing" else _("0 到 %(max)s 分。")
        points.help_text = whole % {"max": rule.max_score.normalize()}
        if has_cases(rule):
            self._add_rows()

    def _add_rows(self) -> None:
        """Offer a row for each case there is or was typed, and some empty ones."""
        words = {**self.initial, **self.data.dict()} if self.is_bound else self.initial
        held = [number for number in range(MOST_CASES) if any(words.get(f"case_{number}_{name}") for name in CASE)]
        self.rows = min((max(held) + 1 if held else 0) + EMPTY_ROWS, MOST_CASES)
        for number in range(self.rows):
            self.fields[f"case_{number}_day"] = _native(forms.DateField(label=_("日期"), required=False))
            self.fields[f"case_{number}_points"] = _native(
                forms.DecimalField(label=_("分值"), max_digits=5, decimal_places=2, min_value=0, required=False)
            )
            self.fields[f"case_{number}_text"] = forms.CharField(
                label=_("情况"), max_length=LONGEST_CASE, required=False
            )

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """What stands above the cases."""
        return [self[name] for name in self.fields if not name.startswith("case_") and name != "proofs"
                and not self[name].is_hidden]  # fmt: skip

    @property
    def case_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"case_{number}_{name}"] for name in CASE] for number in range(self.rows)]

    def clean(self) -> dict[str, Any]:
        """Turn the rows that say something into `cases`; a row that says only half of it is asked for the rest."""
        data = super().clean() or self.cleaned_data
        cases: list[FoundCase] = []
        for number in range(self.rows):
            values = [data.pop(f"case_{number}_{name}", None) for name in CASE]
            if not any(value not in (None, "") for value in values):
                continue
            for name, value in zip(CASE, values, strict=True):
                if value in (None, "") and f"case_{number}_{name}" not in self.errors:
                    self.add_error(f"case_{number}_{name}", _("请填写这条明细的日期、分值和情况。"))
            if all(value not in (None, "") for value in values):
                cases.append(FoundCase(day=values[0], points=values[1], text=str(values[2])))
        return {**data, "cases": cases}


class WithdrawalForm(HouseForm):
    """Why a mark is taken back or out of the score."""

    reason = forms.CharField(
        label=_("撤回理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("各方和承接机构都会在评分经过里看到这段文字。"),
    )


def _native(field: forms.Field) -> forms.Field:
    native_widget(field)
    return field


def _words_of(mark: Mark) -> dict[str, Any]:
    words: dict[str, Any] = {
        "party": mark.party, "points": mark.points, "visited_on": mark.visited_on, "reason": mark.reason
    }  # fmt: skip
    for number, case in enumerate(mark.cases.all()):
        words |= {
            f"case_{number}_day": case.day,
            f"case_{number}_points": case.points,
            f"case_{number}_text": case.text,
        }
    return words
