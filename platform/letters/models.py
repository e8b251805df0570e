"""Letters by mail: written in the transaction of what they tell of, sent after it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Letter(models.Model):
    """A letter to one address. The same `key` is written once. Its words are let go of after 90 days.

    Without a mail server (EMAIL_URL) a letter is `kept`: the operator can read and hand it on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        KEPT = "kept", _("未配置邮件")
        FAILED = "failed", _("发送失败")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("种类"), max_length=40)
    to = models.EmailField(_("收件人"), blank=True)
    language = models.CharField(max_length=10)
    subject = models.CharField(_("主题"), max_length=200)
    body = models.TextField(blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)
    written_at = models.DateTimeField(_("写于"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("发出"), null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["to", "subject", "body"],
        keep=["id", "ref", "key", "kind", "language", "state", "attempts", "error", "written_at", "sent_at"],
    )

    class Meta:
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(fields=["written_at"], condition=Q(state="waiting"), name="letter_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def shown_subject(self) -> str:
        """What the operator may read of it: a subject can hold a code, its kind cannot."""
        return self.kind if self.kind.endswith("code") else self.subject or self.kind
