"""The one thing that crosses from the workrooms to the shared floor: what was done, how much, where and when.

Every fact has two times: the day it happened on, and from when it was known. What was said once and is said no more
stays as a version, written by the database itself (migration 0004), so that no act can forget it and none can undo it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.written_by import WrittenBy


class Moment(Func):
    """The database's clock at this very instant; `now()` would be the beginning of the transaction.

    Withdrawn by one and said again by another that began earlier, two versions would overlap by `now()`.
    """

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Said(models.Model):
    """What is said of one source: no name, no free text, no foreign key.

    `subject_key` is a hash with the agency's own key, for "how many different people" without saying who; `thing` the
    same for what the work belongs to (`Thing`). `recorded_on` is the day on which the source was written down.
    """

    tenant = models.CharField(max_length=40)
    station = models.CharField(max_length=40)
    measure = models.CharField(max_length=40)
    occurred_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    source = models.CharField(max_length=80)
    subject_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    thing = models.BigIntegerField(null=True, blank=True)
    recorded_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.measure} {self.quantity} {self.source}"


WORDS = (
    "id", "tenant", "station", "measure", "occurred_on", "quantity", "source", "subject_key", "thing", "recorded_on",
    "known_from",
)  # fmt: skip


class Fact(Said):
    """A de-identified number that is said now. `source` names the row that made it ("records.record:k3…"); recording
    twice leaves one. `known_from` is the moment from which it was known as it stands; only the database writes it."""

    known_from = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=[*WORDS])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "measure", "source"], name="fact_once")]
        indexes = [
            models.Index(
                fields=["tenant", "station", "measure", "occurred_on"],
                include=["quantity", "subject_key", "known_from"],
                name="fact_of_station_known",
            ),
            models.Index(fields=["tenant", "source"], opclasses=["", "varchar_pattern_ops"], name="fact_of_source"),
        ]


class Why(models.TextChoices):
    """Why something that was said is said no more. A closed list: free text stays with the record, in its agency."""

    CORRECTED = "corrected", _("记录更正")
    WITHDRAWN = "withdrawn", _("记录撤回")
    MERGED = "merged", _("档案合并")
    RESTRICTED = "restricted", _("档案限制查阅")
    LATE = "late", _("事后补记")
    OTHER = "", _("原因未注明")


class FactVersion(Said):
    """A fact that was known from `known_from` until `known_until` (excluded), and since then no more."""

    known_from = models.DateTimeField()
    known_until = models.DateTimeField()
    why = models.CharField(max_length=12, choices=Why, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=[*WORDS, "known_until", "why"])
    written_by = WrittenBy.OWNER

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(known_until__gt=models.F("known_from")), name="version_known_for_a_time"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "station", "measure", "occurred_on"],
                include=["quantity", "subject_key", "known_from", "known_until"],
                name="version_of_station",
            ),
            models.Index(fields=["tenant", "source", "measure", "known_from"], name="version_of_source"),
        ]


class EverSaid(Said):
    """Facts and versions side by side: a view for reading one contract's evidence as it was known on a day.

    `known_until` and `why` are empty for what is said now. `id` is negative for a version.
    """

    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, choices=Why, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=[*WORDS, "known_until", "why"])
    written_by = WrittenBy.OWNER

    class Meta:
        managed = False
        db_table = "evaluation_eversaid"


class Thing(models.Model):
    """What facts belong together by: a group, a case, an activity, a household (design: conditions over things).

    `thing` is the first eight bytes of the agency's keyed hash of the row's sort and ref. Closed lists, codes and days
    only; `community` is a twelve-digit division code, nothing below it.
    """

    class Sort(models.TextChoices):
        GROUP = "group", _("小组")
        CASE = "case", _("个案")
        ACTIVITY = "activity", _("活动")
        HOUSEHOLD = "household", _("家庭")

    tenant = models.CharField(max_length=40)
    thing = models.BigIntegerField()
    sort = models.CharField(max_length=12, choices=Sort)
    station = models.CharField(max_length=40)
    community = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    audience = models.CharField(max_length=40, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "tenant", "thing", "sort", "station", "community", "kind", "audience", "opened_on", "closed_on"]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "thing"], name="thing_once")]

    def __str__(self) -> str:
        return f"{self.sort} {self.thing}"


class ScoreDue(models.Model):
    """Something was said about a station that moves its score from `from_day` on: kept scores of it are stale.

    Written in the writer's own transaction and never changed, so that writers of one station do not wait for another.
    """

    tenant = models.CharField(max_length=40)
    station = models.CharField(max_length=40)
    from_day = models.DateField()
    said_at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "tenant", "station", "from_day", "said_at"])

    class Meta:
        indexes = [models.Index(fields=["tenant", "station"], name="score_due_of_station")]

    def __str__(self) -> str:
        return f"{self.tenant} {self.station} {self.from_day}"


class HistoryStart(models.Model):
    """The moment before which corrections left no trace, where facts are older than their history; else no row."""

    since = models.DateTimeField()

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "since"])
    written_by = WrittenBy.OWNER

    def __str__(self) -> str:
        return str(self.since)
