"""Staff, their certificates, and the sites they are posted to."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Staff(models.Model):
    """A person who works for the agency; the only link from an agency's schema to accounts.User."""

    class Employment(models.TextChoices):
        FULL_TIME = "full_time", _("专职")
        PART_TIME = "part_time", _("兼职")
        INTERN = "intern", _("实习")
        SECONDED = "seconded", _("派驻")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("姓名"), max_length=50)
    name_key = models.CharField(max_length=60, editable=False)
    pinyin = models.CharField(max_length=300, editable=False)
    initials = models.CharField(max_length=60, editable=False)
    employment = models.CharField(_("用工形式"), max_length=10, choices=Employment)
    started_on = models.DateField(_("入职日期"))
    ended_on = models.DateField(_("离职日期"), null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name", "name_key", "pinyin", "initials"],
        keep=["id", "ref", "user", "employment", "started_on", "ended_on"],
    )

    class Meta:
        ordering = ["name_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="staff_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """A social-work certificate (助理社工师 初级, 社工师 中级, 高级)."""

    class Kind(models.TextChoices):
        ASSISTANT = "assistant", _("助理社会工作师")
        SOCIAL_WORKER = "social_worker", _("社会工作师")
        SENIOR = "senior", _("高级社会工作师")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="certificates")
    kind = models.CharField(_("证书"), max_length=14, choices=Kind)
    number = models.CharField(_("证书编号"), max_length=40, blank=True)
    issued_on = models.DateField(_("发证日期"))

    privacy: ClassVar[Privacy] = Privacy(personal=["number"], keep=["id", "ref", "staff", "kind", "issued_on"])

    class Meta:
        ordering = ["issued_on", "id"]
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="certificate_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Posting(models.Model):
    """A person's post at one site from day to day; several sites at a time are possible, one site twice is not."""

    class Post(models.TextChoices):
        HEAD = "head", _("站长")
        SOCIAL_WORKER = "social_worker", _("社工")
        ASSISTANT = "assistant", _("社工助理")
        INTERN = "intern", _("实习生")
        ADMINISTRATOR = "administrator", _("行政")
        COMMUNITY_WORKER = "community_worker", _("社区工作者")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="postings")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="postings")
    post = models.CharField(_("岗位"), max_length=16, choices=Post)
    started_on = models.DateField(_("到岗日期"))
    ended_on = models.DateField(_("离岗日期"), null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "staff", "site", "post", "started_on", "ended_on"])

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="posting_ends_after_start"
            ),
            ExclusionConstraint(
                name="posting_once_at_a_site",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("site", RangeOperators.EQUAL),
                    (
                        Func(
                            F("started_on"),
                            F("ended_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} @ {self.site_id}"


class StaffInvitation(models.Model):
    """Somebody is asked to join the agency, by mail or by a link that is handed over; one link lets one person in.

    Only the digest of the token is kept (common/tokens.py); `issue` counts the links given out, the newest one holds.
    """

    class State(models.TextChoices):
        SENT = "sent", _("待加入")
        JOINED = "joined", _("已加入")
        EXPIRED = "expired", _("已过期")
        TAKEN_BACK = "taken_back", _("已收回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    name = models.CharField(_("姓名"), max_length=50)
    email = models.EmailField(_("邮箱"), blank=True)
    phone = models.CharField(_("手机"), max_length=30, blank=True)
    roles = ArrayField(models.CharField(max_length=30), verbose_name=_("角色"))
    issue = models.PositiveSmallIntegerField(default=1, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    valid_until = models.DateField(_("有效期至"))
    made_by = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField(_("邀请时间"), default=timezone.now, editable=False)
    joined_at = models.DateTimeField(null=True, editable=False)
    joined_by = models.CharField(max_length=32, blank=True, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name", "email", "phone"],
        keep=["id", "ref", "roles", "issue", "digest", "valid_until", "made_by", "made_at", "joined_at", "joined_by",
              "taken_back_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(joined_at=None) | Q(taken_back_at=None), name="staff_invitation_one_end")
        ]

    def __str__(self) -> str:
        return self.ref

    def state_on(self, today: dt.date) -> State:
        """Return how the invitation stands on a Shanghai day."""
        if self.taken_back_at:
            return self.State.TAKEN_BACK
        if self.joined_at:
            return self.State.JOINED
        return self.State.EXPIRED if self.valid_until < today else self.State.SENT
