"""Forms of appeals: the reason with its photos and papers, and the answer with its effect."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.files.proof_forms import ProofsField
from common.pages.forms import HouseForm
from contracts.appeals.rules import MOST_FILES, too_many
from contracts.decisions.rules import LONGEST_CLAUSE
from contracts.forms import offer
from contracts.models import Appeal
from contracts.rules import LONGEST_REASON


class AppealForm(HouseForm):
    """Why a line of the score should be looked at again, and what shows it."""

    reason = forms.CharField(
        label=_("申诉理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写明事实和可以查到的依据。购买方会看到这段文字，不写服务对象的姓名和其他个人信息。"),
    )
    proofs = ProofsField(
        most=MOST_FILES,
        too_many=too_many,
        label=_("照片或文件"),
        required=False,
        help_text=_("最多 5 份，每份不超过 10 MB：照片（JPEG、PNG、WebP）或 PDF。照片里的位置和设备信息会自动去除。"),
    )


class EffectForm(HouseForm):
    """What an upheld appeal does to the line."""

    effect = forms.ChoiceField(label=_("对得分的影响"), required=False)
    points = forms.DecimalField(
        label=_("改定得分"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("选择改定得分时填写，须高于申诉时的得分。"),
    )
    clause = forms.CharField(
        label=_("依据条款"),
        max_length=LONGEST_CLAUSE,
        required=False,
        help_text=_("改定得分或撤销认定所依据的条款。"),
    )

    def __init__(self, *args: Any, effects: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Appeal.Effect.choices)
        offer(self, "effect", [("", _("（维持原分的不选）")), *((code, names[code]) for code in effects)])


class AnswerForm(EffectForm):
    """The purchaser's answer to an appeal, and what an upheld one does to the line."""

    outcome = forms.ChoiceField(
        label=_("结论"),
        choices=[choice for choice in Appeal.State.choices if choice[0] != Appeal.State.OPEN],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("答复理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("承接机构会看到这段文字。申诉成立的，在下面写明对这一项得分的影响，答复时一并生效。"),
    )
    field_order = ("outcome", "answer", "effect", "points", "clause")
