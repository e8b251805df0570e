"""Volunteers, their teams, training and hours."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Team(models.Model):
    """A volunteer team of the agency."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    name = models.CharField(_("队伍名称"), max_length=60, unique=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="teams")

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "name", "site"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Volunteer(models.Model):
    """A volunteer with a number instead of an ID number (1C-16)."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("志愿者编号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    name_key = models.CharField(max_length=200, editable=False)
    pinyin = models.CharField(max_length=400, editable=False)
    initials = models.CharField(max_length=100, editable=False)
    phone_sealed = models.BinaryField(null=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    skills = models.CharField(_("特长"), max_length=100, blank=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="volunteers")
    teams = models.ManyToManyField(Team, related_name="members", blank=True, verbose_name=_("队伍"))
    registered_on = models.DateField(_("登记日期"))
    left_on = models.DateField(_("退出日期"), null=True, blank=True)
    stopped_on = models.DateField(_("撤回同意日期"), null=True, blank=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name", "name_key", "pinyin", "initials", "phone_sealed", "phone_masked", "skills"],
        keep=["id", "ref", "number", "site", "teams", "registered_on", "left_on", "stopped_on"],
    )

    class Meta:
        ordering = ["-registered_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("registered_on")), name="volunteer_leaves_after_joining"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Training(models.Model):
    """A training a volunteer went through."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="trainings")
    title = models.CharField(_("培训内容"), max_length=80)
    held_on = models.DateField(_("培训日期"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "volunteer", "title", "held_on", "minutes"])

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="training_minutes")]

    def __str__(self) -> str:
        return self.title


class HourRecord(models.Model):
    """Time a volunteer gave. It counts once somebody other than who recorded it has verified it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待核实")
        VERIFIED = "verified", _("已核实")
        REFUSED = "refused", _("未通过")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="hours")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    served_on = models.DateField(_("服务日期"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    activity = models.CharField(_("服务内容"), max_length=80)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    refusal = models.CharField(_("未通过原因"), max_length=100, blank=True)
    recorded_by = models.CharField(max_length=32, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    verified_by = models.CharField(max_length=32, blank=True, editable=False)
    submission = models.UUIDField(unique=True, null=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "volunteer", "site", "served_on", "minutes", "activity", "state", "refusal", "recorded_by",
              "recorded_at", "verified_by", "submission"]
    )  # fmt: skip

    class Meta:
        ordering = ["-served_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="hours_minutes"),
            models.CheckConstraint(
                condition=~Q(state="verified") | (~Q(verified_by="") & ~Q(verified_by=F("recorded_by"))),
                name="hours_verified_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.minutes}"
