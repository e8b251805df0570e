"""The shape in which a notification and a person's switches for it are kept, on the shared floor and in an agency."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Mail(models.TextChoices):
    """When a kind of notification goes out by mail."""

    NOW = "now", _("随时")
    DIGEST = "digest", _("每日汇总")
    NEVER = "never", _("不发")


class StoredNotification(models.Model):
    """That something happened, told to one person (`user`, a ref) who signs in where the row stands.

    The sentence is not kept: `kind` names it (notifications/kinds.py) and `words` holds the refs, numbers, days and
    public names that stand in it. `about` is what it is of (app.noun:ref), `args` lead its kind's page there.
    """

    class MailState(models.TextChoices):
        UNDECIDED = "undecided", _("待处理")
        DIGEST = "digest", _("待汇总")
        WRITTEN = "written", _("已写信")
        NONE = "none", _("不发信")

    class ChannelState(models.TextChoices):
        UNDECIDED = "undecided", _("待处理")
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        NONE = "none", _("不发送")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.CharField(max_length=32)
    kind = models.CharField(_("事项"), max_length=40)
    about = models.CharField(max_length=80)
    args = models.JSONField(default=list)
    words = models.JSONField(default=dict)
    told_at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    mail = models.CharField(max_length=9, choices=MailState, default=MailState.UNDECIDED)
    channel = models.CharField(max_length=9, choices=ChannelState, default=ChannelState.UNDECIDED)
    tries = models.PositiveSmallIntegerField(default=0)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "user", "kind", "about", "args", "words", "told_at", "read_at", "mail", "channel", "tries"]
    )

    class Meta:
        abstract = True
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="%(app_label)s_told"),
            # The bell counts on every page: it reads this index and no row of the table.
            models.Index(fields=["user"], condition=Q(read_at=None), name="%(app_label)s_unread"),
            models.Index(fields=["id"], condition=Q(mail="undecided"), name="%(app_label)s_undecided"),
            models.Index(fields=["user"], condition=Q(mail="digest"), name="%(app_label)s_digest"),
            models.Index(fields=["id"], condition=Q(channel="waiting"), name="%(app_label)s_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class StoredSwitch(models.Model):
    """How one person (`user`, a ref) wants a kind of notification beside the inbox, where they chose at all."""

    user = models.CharField(max_length=32)
    kind = models.CharField(max_length=40)
    mail = models.CharField(max_length=6, choices=Mail)
    channel = models.BooleanField(default=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "user", "kind", "mail", "channel"])

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="%(app_label)s_switch_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mail}"
