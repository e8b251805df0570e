"""Requests for help (求助) that the public leaves on a station's page: whom to call, and what about."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class HelpRequest(models.Model):
    """One request. Name, phone and words are sealed; `ref` is the number to follow it by, which nobody guesses."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待联系")
        TAKEN = "taken", _("已受理")
        CLOSED = "closed", _("已办结")

    class Topic(models.TextChoices):
        CARE = "care", _("照护与陪伴")
        HARDSHIP = "hardship", _("生活困难")
        CHILD = "child", _("儿童与家庭")
        POLICY = "policy", _("政策咨询")
        OTHER = "other", _("其他")

    class Outcome(models.TextChoices):
        HELPED = "helped", _("已提供帮助")
        REFERRED = "referred", _("已转介")
        ADVISED = "advised", _("已答复咨询")
        UNREACHED = "unreached", _("联系不上")
        DECLINED = "declined", _("不属于服务范围")

    ref = models.CharField(_("求助编号"), max_length=16, unique=True, default=new_ref, editable=False)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(_("事由"), max_length=8, choices=Topic)
    state = models.CharField(_("状态"), max_length=7, choices=State, default=State.WAITING)
    outcome = models.CharField(_("结果"), max_length=9, choices=Outcome, blank=True)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    words_sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField(_("提出时间"), db_default=Now(), editable=False)
    taken_by = models.CharField(max_length=32, blank=True, editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(_("办结时间"), null=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name_sealed", "phone_sealed", "words_sealed"],
        keep=["id", "ref", "site", "topic", "state", "outcome", "asked_at", "taken_by", "taken_at", "closed_at"],
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "-id"], name="help_request_site")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_at=None, outcome=""),
                name="help_request_closed_with_outcome",
            )
        ]

    def __str__(self) -> str:
        return self.ref
