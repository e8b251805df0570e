"""Supervisors, when they can be had, and the sessions booked with them. Facts about clients never stand here."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.privacy import Privacy
from common.refs import new_ref
from common.sealing import seal, unseal
from supervision import words
from tenants.keys import key_of
from tenants.models import TenantKey


def range_is_plain(field: str, name: str) -> models.CheckConstraint:
    """A range with both ends, the first one in it and the last one not: back-to-back ranges do not touch."""
    return models.CheckConstraint(
        condition=Q(
            **{
                f"{field}__isempty": False,
                f"{field}__startswith__isnull": False,
                f"{field}__endswith__isnull": False,
                f"{field}__lower_inc": True,
                f"{field}__upper_inc": False,
            }
        ),
        name=name,
    )


class University(models.Model):
    """The home of supervisors. In Jinan eight of them pair with two districts each (JN-04)."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    name = models.CharField(_("高校"), max_length=60, unique=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "name"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Supervisor(models.Model):
    """A person who supervises (督导). `regions` are the division codes they are paired with, none for anywhere."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="supervisor")
    university = models.ForeignKey(
        University, on_delete=models.PROTECT, null=True, blank=True, related_name="supervisors", verbose_name=_("高校")
    )
    topics = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("专长"))
    regions = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("结对区划"))
    confirms_at_once = models.BooleanField(_("预约立即生效，不用逐次答复"), default=False)
    is_active = models.BooleanField(default=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "user", "university", "topics", "regions", "confirms_at_once", "is_active"]
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.user.get_full_name()


class Availability(models.Model):
    """A time offered: once, or repeating by `rrule` (RFC 5545, see recurrence.py) at the same Shanghai clock time."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.CASCADE, related_name="availabilities")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    rrule = models.CharField(_("重复"), max_length=200, blank=True)
    modality = models.CharField(_("方式"), max_length=6, choices=words.Modality)
    capacity = models.PositiveSmallIntegerField(
        _("最多人数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "supervisor", "starts_at", "ends_at", "rrule", "modality", "capacity"]
    )

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="availability_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="availability_has_room"),
        ]

    def __str__(self) -> str:
        return self.ref


class OpenWindow(models.Model):
    """One occurrence of an availability, written out for the coming 26 weeks so that slots are one query."""

    availability = models.ForeignKey(Availability, on_delete=models.CASCADE, related_name="windows")
    supervisor = models.ForeignKey(Supervisor, on_delete=models.CASCADE, related_name="windows", db_index=False)
    during = DateTimeRangeField()
    modality = models.CharField(max_length=6, choices=words.Modality)
    capacity = models.PositiveSmallIntegerField()

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "availability", "supervisor", "during", "modality", "capacity"])

    class Meta:
        indexes = [GistIndex(fields=["supervisor", "during"], name="window_supervisor_during")]
        constraints = [range_is_plain("during", "window_is_plain")]

    def __str__(self) -> str:
        return str(self.during)


class BookingQuerySet(models.QuerySet["Booking"]):
    def of_agency(self, slug: str) -> "BookingQuerySet":
        return self.filter(tenant=slug)

    def ahead(self) -> "BookingQuerySet":
        return self.filter(state__in=[words.State.REQUESTED, words.State.CONFIRMED])

    def shown(self) -> "BookingQuerySet":
        """With everything a list shows, in one query."""
        return self.select_related("supervisor__user", "supervisor__university", "booked_by")


class Booking(models.Model):
    """A session asked for, held, confirmed, held in fact. A supervisor is in one place at a time: the database says so.

    Its station and agency are named by code and slug, as facts are. `proposed` is another time the supervisor offers.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    during = DateTimeRangeField()
    proposed = DateTimeRangeField(null=True, blank=True)
    tenant = models.CharField(max_length=30)
    station = models.CharField(_("站点"), max_length=30)
    station_name = models.CharField(max_length=60)
    kind = models.CharField(_("形式"), max_length=10, choices=words.Kind, default=words.Kind.INDIVIDUAL)
    function = models.CharField(_("功能"), max_length=14, choices=words.Function, default=words.Function.EDUCATIONAL)
    topic = models.CharField(_("主题"), max_length=100, blank=True)
    modality = models.CharField(_("方式"), max_length=6, choices=words.Modality)
    state = models.CharField(_("状态"), max_length=10, choices=words.State, default=words.State.REQUESTED)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    is_late = models.BooleanField(_("临时取消"), default=False)
    is_end_told = models.BooleanField(default=True, db_default=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("实际时长（分钟）"), null=True, blank=True)
    summary_sealed = models.BinaryField(null=True)
    places = models.PositiveSmallIntegerField(_("参加人数"), default=1)
    attendees = models.ManyToManyField(User, through="Attendance", related_name="+", verbose_name=_("被督导者"))
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(db_default=Now(), editable=False)
    answer_by = models.DateTimeField()

    objects = BookingQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(
        personal=["summary_sealed", "topic", "reason"],
        keep=["id", "ref", "supervisor", "during", "proposed", "tenant", "station", "station_name", "kind", "function",
              "modality", "state", "is_late", "is_end_told", "minutes", "places", "attendees", "booked_by", "booked_at",
              "answer_by"],
    )  # fmt: skip

    class Meta:
        ordering = ["during", "id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(is_end_told=False), name="booking_end_untold"),
            GistIndex(fields=["tenant", "during"], name="booking_tenant_during"),
            models.Index(fields=["tenant", "station", "state"], name="booking_station_state"),
        ]
        constraints = [
            range_is_plain("during", "booking_is_plain"),
            ExclusionConstraint(
                name="booking_one_at_a_time",
                expressions=[("supervisor", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state__in=words.BUSY),
            ),
            models.CheckConstraint(
                condition=(Q(state=words.State.COMPLETED) & Q(minutes__isnull=False))
                | (~Q(state=words.State.COMPLETED) & Q(minutes__isnull=True)),
                name="booking_minutes_once_completed",
            ),
            models.CheckConstraint(condition=Q(minutes=None) | Q(minutes__gte=1), name="booking_minutes_positive"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def summary(self) -> str:
        """The supervisor's notes in clear; '' if there are none or the agency's key has been destroyed."""
        if not self.summary_sealed:
            return ""
        try:
            return unseal(key_of(self.tenant), bytes(self.summary_sealed), self._place)
        except TenantKey.DoesNotExist:
            return ""

    @summary.setter
    def summary(self, text: str) -> None:
        """Keep the notes sealed under the agency's key: they may speak of its cases."""
        self.summary_sealed = seal(key_of(self.tenant), text, self._place) if text else None

    @property
    def _place(self) -> str:
        return f"booking|{self.ref}|summary"


class Attendance(models.Model):
    """A member of the agency's staff who comes to a session, or came."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "booking", "user"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "user"], name="session_attendance_once")]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.user_id}"
