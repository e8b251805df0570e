"""Service records: what a worker did, for whom, when and how long. Recorded once, counted everywhere."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages.choices import words
from common.privacy import Privacy
from common.refs import new_ref


class Kind(models.TextChoices):
    """The kinds a station counts."""

    HOME_VISIT = "home_visit", _("入户走访")
    CONSULTATION = "consultation", _("咨询")
    CASEWORK_SESSION = "casework_session", _("个案会谈")
    GROUP_SESSION = "group_session", _("小组活动")
    COMMUNITY_ACTIVITY = "community_activity", _("社区活动")
    JOINT_MEETING = "joint_meeting", _("联席会议")
    TRAINING = "training", _("培训")
    REFERRAL = "referral", _("转介")


class Setting(models.TextChoices):
    """Where the service took place."""

    HOME = "home", _("家中")
    COMMUNITY = "community", _("社区")
    OFFICE = "office", _("站内")
    ONLINE = "online", _("电话或线上")


class ServiceRecord(models.Model):
    """One service. People known to the agency stand in `attendances` (人); `others` counts the rest (人次 = both).

    A correction keeps the earlier form in RecordVersion; a withdrawn record stays, but counts for nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待签核")
        COUNTED = "counted", _("已计入")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    kind = models.CharField(_("服务类型"), max_length=20, choices=Kind)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="records")
    worker = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="records")
    held_at = models.DateTimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    during = DateTimeRangeField(editable=False)
    setting = models.CharField(_("地点"), max_length=10, choices=Setting)
    others = models.PositiveSmallIntegerField(_("其他参加人数"), default=0)
    note_sealed = models.BinaryField(null=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.COUNTED)
    state_reason = models.CharField(_("原因"), max_length=200, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    recorded_by = models.CharField(max_length=32, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    countersigned_by = models.CharField(max_length=32, blank=True, editable=False)
    submission = models.UUIDField(unique=True, null=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["note_sealed", "state_reason"],
        keep=["id", "ref", "kind", "site", "worker", "held_at", "minutes", "during", "setting", "others", "state",
              "version", "recorded_by", "recorded_at", "countersigned_by", "submission"],
    )  # fmt: skip

    class Meta:
        ordering = ["-held_at", "-id"]
        indexes = [
            models.Index(fields=["site", "-held_at"], name="record_site"),
            models.Index(fields=["worker", "-held_at"], name="record_worker"),
            models.Index(fields=["-held_at", "-id"], name="record_held"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 720)), name="record_minutes"),
            models.CheckConstraint(
                condition=Q(
                    during=Func(
                        F("held_at"),
                        F("held_at")
                        + Func(
                            F("minutes"),
                            function="make_interval",
                            template="%(function)s(mins => %(expressions)s)",
                            output_field=models.DurationField(),
                        ),
                        RangeBoundary(),
                        function="tstzrange",
                        output_field=DateTimeRangeField(),
                    )
                ),
                name="record_during_agrees",
            ),
            ExclusionConstraint(
                name="record_worker_in_one_place",
                expressions=[("worker", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=~Q(state__in=["withdrawn", "returned"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def is_sample(self) -> bool:
        """Tell whether this was recorded to try things out; a sample client is recorded alone, so one says it."""
        return any(each.client.is_sample for each in self.attendances.all())

    @property
    def shown_state(self) -> str:
        """Return the state's words; a sample's record never says that it counts."""
        if self.state == self.State.COUNTED and self.is_sample:
            return gettext("示例，不计入")
        return str(words(self, "state"))

    @property
    def tone(self) -> str:
        """Return the state word that gives the tone of `shown_state`."""
        return "closed" if self.state == self.State.COUNTED and self.is_sample else self.state


class Attendance(models.Model):
    """A client who took part."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    record = models.ForeignKey(ServiceRecord, on_delete=models.CASCADE, related_name="attendances")
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="attendances")

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "record", "client"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "client"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.client_id} @ {self.record_id}"


class RecordVersion(models.Model):
    """What a record said before a correction, sealed, with the reason of the correction."""

    record = models.ForeignKey(ServiceRecord, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    said_sealed = models.BinaryField()
    reason = models.CharField(_("更正原因"), max_length=200)
    by = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["said_sealed", "reason"], keep=["id", "record", "version", "by", "at"]
    )

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["record", "version"], name="record_version_once")]

    def __str__(self) -> str:
        return f"v{self.version} of {self.record_id}"
