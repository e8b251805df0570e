"""The shape in which a list's file that the worker makes is asked for and kept."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class StoredListFile(models.Model):
    """One Excel file of a list, for the person (`user`, a ref) who asked for it, until `expires_at`.

    `address_sealed` is the list's address with everything it is filtered by: people search for names. `held` are the
    keys of the file's rows, so that whoever may no longer see one of them no longer gets the file; `tries` counts the
    workers that began it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("正在准备")
        READY = "ready", _("可以下载")
        FAILED = "failed", _("没有做成")
        REMOVED = "removed", _("已过期删除")

    class Trouble(models.TextChoices):
        DENIED = "denied", _("您已不能查看这份清单，文件没有生成。")
        BROKEN = "broken", _("系统出错，文件没有做成。请回到清单重新导出；再次失败请联系平台运营。")
        KILLED = "killed", _("做了几次都在中途断开，已停下。请缩小筛选范围再导出，或联系平台运营。")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.CharField(max_length=32)
    title = models.CharField(_("清单"), max_length=120)
    address_sealed = models.BinaryField(null=True)
    address_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    trouble = models.CharField(max_length=8, choices=Trouble, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    held = models.JSONField(default=list)
    file = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(_("大小"), default=0)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    expires_at = models.DateTimeField(_("保留至"), null=True)
    handed_over = models.PositiveSmallIntegerField(_("下载次数"), default=0)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["title", "address_sealed"],
        keep=["id", "ref", "user", "address_hash", "language", "state", "trouble", "tries", "rows", "held", "file",
              "size", "asked_at", "done_at", "expires_at", "handed_over"],
    )  # fmt: skip

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "address_hash"], condition=Q(state="waiting"), name="%(app_label)s_list_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.ref}"
