"""Points by hand, their cases and their proof."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.privacy import Privacy
from common.refs import new_ref
from common.written_by import WrittenBy
from contracts.models.signing import Contract, ContractParty
from evaluation.models import Moment


class Mark(models.Model):
    """Points by hand for one rule, or a veto (`code` of the veto, 0 points), with its reason and its proof.

    A mark belongs to the `party` that gives it ('' in rows of the release that did not ask) and to its author `by`, who
    was there on `visited_on` (None in such rows). It may count from the day `dated`; which party's mark counts is the
    programme's rule (`contracts.marks.rules.counting`). A withdrawn one counts no more. The database lets nobody change
    or delete a row (migration 0007): only the withdrawal is added, once.
    """

    class Withdrawal(models.TextChoices):
        AUTHOR = "author", _("评分人撤回")
        REVIEW = "review", _("复核撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="marks")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("评分理由"), max_length=500)
    dated = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(db_default=Moment(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What was added later has defaults of the database: processes of the version before go on adding rows.
    party = models.CharField(
        _("评分方"), max_length=24, choices=ContractParty.Role, blank=True, default="", db_default=""
    )
    visited_on = models.DateField(_("查看日期"), null=True, blank=True)
    withdrawal = models.CharField(
        _("撤回方式"), max_length=10, choices=Withdrawal, blank=True, default="", db_default=""
    )
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, default="", db_default="")

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "code", "points", "reason", "dated", "by", "given_at", "withdrawn_at",
              "withdrawn_by", "party", "visited_on", "withdrawal", "withdrawn_reason"]
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["contract", "code"], name="mark_of_rule")]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="mark_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"

    @property
    def withdrawn_on(self) -> dt.date | None:
        return timezone.localtime(self.withdrawn_at).date() if self.withdrawn_at else None


class MarkCase(models.Model):
    """One case of a mark's deduction or bonus: the day, what was found (nothing that names anybody), its points."""

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="cases")
    day = models.DateField(_("日期"))
    text = models.CharField(_("情况"), max_length=200)
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=2)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "mark", "day", "text", "points"])
    written_by: ClassVar[WrittenBy] = WrittenBy.APPLICATION_ONCE

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="mark_case_above_zero")]

    def __str__(self) -> str:
        return f"{self.day} {self.points}"


class MarkFile(models.Model):
    """A photo or paper shown for a mark: stripped of what its device wrote into it, sealed, never taken away.

    `size` in bytes and `sha256` (hex) are of the clear bytes that are handed out; `file` names the sealed ones in the
    shared floor's storage. Its first name is not kept: people name photos after whom they show.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        PAPER = "paper", _("文件")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("校验码"), max_length=64)
    file = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "mark", "kind", "size", "sha256", "file", "by", "added_at"])
    written_by: ClassVar[WrittenBy] = WrittenBy.APPLICATION_ONCE

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["mark", "sha256"], name="mark_file_once"),
            models.CheckConstraint(condition=Q(kind__in=["photo", "paper"]), name="mark_file_kind_known"),
        ]

    def __str__(self) -> str:
        return self.ref
