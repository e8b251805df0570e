"""Full exports: everything the agency has, in one file, asked for by a director."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Export(models.Model):
    """One full export. The file lies sealed in the agency's own storage until `expires_at`.

    `counts` are the rows by table, `digest` the SHA-256 of the ZIP as it is handed over, `size` its bytes.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("正在准备")
        READY = "ready", _("可以下载")
        FAILED = "failed", _("没有做成")
        REMOVED = "removed", _("已过期删除")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    asked_by = models.CharField(max_length=32, editable=False)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now, editable=False)
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    file = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(_("大小"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    rows = models.BigIntegerField(_("数据行数"), default=0)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    expires_at = models.DateTimeField(_("保留至"), null=True)
    handed_over = models.PositiveSmallIntegerField(_("下载次数"), default=0)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["reason"],
        keep=["id", "ref", "asked_by", "asked_at", "state", "file", "size", "digest", "counts", "rows", "done_at",
              "expires_at", "handed_over"],
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.state} {self.ref}"
