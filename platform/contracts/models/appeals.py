"""Appeals against a line, what goes with them, and what settles a line."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.privacy import Privacy
from common.refs import new_ref
from common.written_by import WrittenBy
from contracts.models.marks import Mark
from contracts.models.publishing import ScoreSheet
from contracts.models.signing import Contract
from evaluation.models import Moment


class Appeal(models.Model):
    """An agency's word against one line of its score (`code` of the rule or veto), and the purchaser's answer.

    `points` are those the line had when it was made, on the `sheet` it is about (None: on the live score). An upheld
    one names its `effect` on the line, and the answer sees to it that there is one. Appeals that were upheld before
    effects were named have none. One appeal of a line is open at a time; answered ones stay as history.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        ACCEPTED = "accepted", _("申诉成立")
        KEPT = "kept", _("维持原分")

    class Effect(models.TextChoices):
        POINTS = "points", _("改定这一项的得分")
        LIFTED = "lifted", _("撤销一票否决的认定")
        MARKED = "marked", _("已经重新评分")
        CORRECTED = "corrected", _("数据已经更正")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="appeals")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("申诉时得分"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("申诉理由"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Moment(), editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="appealed")
    effect = models.CharField(_("对得分的影响"), max_length=10, choices=Effect, blank=True, default="", db_default="")

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "code", "points", "reason", "by", "made_at", "state", "answer", "answered_by",
              "answered_at", "sheet", "effect"]
    )  # fmt: skip

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], condition=Q(state="open"), name="appeal_open_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "accepted", "kept"]), name="appeal_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, answer="")
                | (~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="appeal_answered_or_open",
            ),
            models.CheckConstraint(
                condition=Q(effect="") | Q(state="accepted", effect__in=["points", "lifted", "marked", "corrected"]),
                name="appeal_effect_upheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def title(self) -> str:
        """The title of the rule or veto it is about."""
        rule, veto = self.contract.edition.by_code.get(self.code), self.contract.edition.veto(self.code)
        return rule.title if rule else veto.title if veto else self.code


class AppealFile(models.Model):
    """A photo or paper that goes with an appeal: its bytes lie sealed in the storage at `file`. Written once.

    `kind` is what its content was told to be (`common.files.proofs`); its name is not kept, since people put names
    into names. `sha256` is that of the clear bytes.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        PAPER = "paper", _("文件")

    written_by = WrittenBy.APPLICATION_ONCE

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=120)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "appeal", "kind", "size", "sha256", "file"])

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class LineDecision(models.Model):
    """The purchaser settles a line: from `dated` on it has these `points`, whatever marks or data said until then.

    It follows an upheld appeal, or stands in the correction of a published score; `clause` is what it rests on. Of a
    veto, points of 1 lift it. A later mark of the line takes its place, and so does a later decision: `mark` is the
    newest one that there was, so that what is later needs no clock. Written once.
    """

    written_by = WrittenBy.APPLICATION_ONCE

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="decisions")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("改定得分"), max_digits=5, decimal_places=2)
    clause = models.CharField(_("依据条款"), max_length=120)
    reason = models.CharField(_("改定理由"), max_length=500)
    dated = models.DateField(_("起算日"))
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=[
            "id",
            "ref",
            "contract",
            "code",
            "points",
            "clause",
            "reason",
            "dated",
            "appeal",
            "mark",
            "by",
            "decided_at",
        ]
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="decision_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"
