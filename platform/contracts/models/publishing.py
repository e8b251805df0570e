"""Published scores and when they became final."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.dates import local_day
from common.privacy import Privacy
from common.refs import new_ref
from common.written_by import WrittenBy
from contracts.models.signing import Contract
from evaluation.models import Moment


class ScoreSheet(models.Model):
    """A version of a score, frozen and published. The database refuses to change or delete it (migration 0001).

    A correction is a new row: the next `version` of the same `as_of`, which `replaces` the one before and says in
    `changes` ({code, title, before, after, why}) and `correction_reason` what it changes. `lines`, `quantities`,
    `vetoes`, `appeals` and `head` (contract, agency, programme) hold everything as it was; `digest` is the SHA-256 of
    the sheet's file (`contracts.publishing.files`), which `format` says how to write: 1 is that of sheets published
    before there were versions. `known_at` is the moment up to which the numbers were known.

    With a programme that gives notice (公示), the score is on notice until `notice_until` and can be appealed until
    `appeal_until`; it is final once a SheetConfirmation says so. Without these two it is final at once.
    """

    FIRST_FORMAT: ClassVar[int] = 1
    FORMAT: ClassVar[int] = 2

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="sheets")
    as_of = models.DateField(_("评分截至"))
    lines = models.JSONField()
    quantities = models.JSONField()
    total = models.DecimalField(_("总分"), max_digits=6, decimal_places=2)
    grade = models.CharField(_("等级"), max_length=20)
    grade_name = models.CharField(max_length=40)
    vetoes = models.JSONField(default=list)
    programme_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The database's own defaults: a process of the version before goes on publishing while a rollout is under way.
    format = models.PositiveSmallIntegerField(default=FIRST_FORMAT, db_default=FIRST_FORMAT)
    version = models.PositiveSmallIntegerField(_("版本"), default=1, db_default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    correction_reason = models.CharField(_("更正原因"), max_length=500, blank=True, default="", db_default="")
    changes = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    appeals = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    head = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    known_at = models.DateTimeField(null=True)
    notice_until = models.DateTimeField(_("公示至"), null=True)
    appeal_until = models.DateTimeField(_("申诉截止"), null=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "as_of", "lines", "quantities", "total", "grade", "grade_name", "vetoes",
              "programme_digest", "digest", "published_at", "published_by", "format", "version", "replaces",
              "correction_reason", "changes", "appeals", "head", "known_at", "notice_until", "appeal_until"]
    )  # fmt: skip

    class Meta:
        ordering = ["-as_of", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "as_of", "version"], name="sheet_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | Q(version__gt=1, replaces__isnull=False),
                name="sheet_correction_replaces",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="sheet_of_digest")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.as_of} v{self.version} {self.total}"

    @property
    def last_day_of_notice(self) -> dt.date | None:
        """The last whole day of notice: `notice_until` is the midnight after it."""
        return local_day(self.notice_until - dt.timedelta(days=1)) if self.notice_until else None

    @property
    def last_day_of_appeals(self) -> dt.date | None:
        """The last whole day on which it can be appealed."""
        return local_day(self.appeal_until - dt.timedelta(days=1)) if self.appeal_until else None

    @property
    def open_until(self) -> dt.datetime | None:
        """The moment at which notice and appeals have both ended; None where there was no notice."""
        ends = [moment for moment in (self.notice_until, self.appeal_until) if moment]
        return max(ends) if ends else None


class SheetConfirmation(models.Model):
    """A sheet that was on notice has become final: its days are over and every appeal is settled. Written once."""

    written_by = WrittenBy.APPLICATION_ONCE

    sheet = models.OneToOneField(ScoreSheet, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "sheet", "by", "at"])

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.at}"
