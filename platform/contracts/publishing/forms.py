"""Forms of publishing: the day and what is accepted, a correction, a list's filter, and what is to be verified."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from contracts.decisions.rules import LONGEST_CLAUSE
from contracts.forms import offer
from contracts.models import ScoreSheet
from contracts.publishing.queries import LARGEST_FILE
from contracts.rules import LONGEST_REASON
from programmes.shapes import Programme

LONGEST_DIGEST: Final = 200


class PreviewedForm(HouseForm):
    """A form whose act is previewed first: `seen` is the fingerprint of the preview, '' before there is one."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class ClosingForm(PreviewedForm):
    """Freeze and publish a score."""

    as_of = forms.DateField(label=_("评分截至"))
    accept_missing = forms.BooleanField(
        label=_("确认没有记录的项目按 0 分计"), required=False, help_text=_("只在评分表里有“待录入”的项目时需要。")
    )


class CorrectionForm(PreviewedForm):
    """Why a published score is corrected, and a line that the correction itself settles, if any."""

    reason = forms.CharField(
        label=_("更正原因"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明为什么更正。更正版和原来的一版都会保留，公众也能看到这段文字。"),
    )
    code = forms.ChoiceField(
        label=_("改定一项得分"),
        required=False,
        help_text=_("得分按现在的记录和评分重新计算。只在记录和评分改不了的时候，才在这里直接改定一项。"),
    )
    points = forms.DecimalField(label=_("改定得分"), max_digits=5, decimal_places=2, min_value=0, required=False)
    clause = forms.CharField(label=_("依据条款"), max_length=LONGEST_CLAUSE, required=False)
    accept_missing = forms.BooleanField(label=_("确认没有记录的项目按 0 分计"), required=False)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vetoes = [(veto.code, _("撤销认定：%(title)s") % {"title": veto.title}) for veto in programme.vetoes]
        lines = [(rule.code, f"{rule.code} {rule.title}") for rule in programme.leaves]
        offer(self, "code", [("", _("不直接改定")), *lines, *vetoes])

    @property
    def decision(self) -> tuple[str, Decimal | None, str] | None:
        """Return the line that is settled: code, points and clause."""
        said = self.cleaned_data
        return (said["code"], said["points"], said["clause"]) if said["code"] else None


class SheetFilter(HouseForm):
    """Which published scores a list shows: by default the newest version of each."""

    versions = forms.ChoiceField(label=_("版本"), required=False, choices=[("", _("最新一版")), ("all", _("全部版本"))])

    def narrow(self, rows: "QuerySet[ScoreSheet]") -> "QuerySet[ScoreSheet]":
        return rows if self.cleaned_data["versions"] else rows.filter(replaced_by=None)


class VerifyForm(HouseForm):
    """A digest, or the file of a published score."""

    digest = forms.CharField(
        label=_("校验码"),
        required=False,
        max_length=LONGEST_DIGEST,
        help_text=_("64 位数字和字母，印在公布的得分上。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("得分文件"), required=False, help_text=_("下载的得分文件（.json）。文件只用来核对，不保存。")
    )

    def clean_file(self) -> "UploadedFile[Any] | None":
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file and (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("文件超过 1 MB，不是公布的得分文件。"))
        return file

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said.get("digest") and not said.get("file"):
            raise forms.ValidationError(_("请填写校验码，或选择得分文件。"))
        return said
