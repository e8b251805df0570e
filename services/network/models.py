"""Sites: hub, cluster, station, room. What a site is (level) and what the place calls it (label) are two things.

In Jinan a station (站) serves a street, in Tongzhou a community; some call the room 社工室, others 社工点 or
服务点 (experiences 1B-10, 1B-11). Levels are codes for counting, labels are words for people.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class ProgrammeChoice(models.Model):
    """The programme the agency works by from a day on; the newest row holds. Contracts name their own, always."""

    key = models.CharField(max_length=60)
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)
    chosen_by = models.CharField(max_length=32, editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "key", "chosen_at", "chosen_by"])

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.key


class SiteQuerySet(models.QuerySet["Site"]):
    def open(self) -> "SiteQuerySet":
        return self.filter(closed_on=None)

    def under(self, *sites: "Site") -> "SiteQuerySet":
        """These sites and everything below them."""
        within = Q(pk__in=[])
        for site in sites:
            within |= Q(path__startswith=site.path)
        return self.filter(within)


class Site(models.Model):
    """A hub, cluster, station or room in a tree of any depth. `path` is the refs from the root, each with a dot."""

    class Level(models.TextChoices):
        HUB = "hub", _("总站级")
        CLUSTER = "cluster", _("片区级")
        STATION = "station", _("站级")
        ROOM = "room", _("室级")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    label = models.CharField(_("当地称呼"), max_length=12, help_text=_("例如 总站、中心、社工站、社工室、社工点"))
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.TextField(editable=False, db_index=False)
    region = models.CharField(_("区划代码"), max_length=12)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    # What the public reads of it; a phone of the house, nobody's own.
    phone = models.CharField(_("电话"), max_length=30, blank=True, default="", db_default="")
    hours = models.CharField(_("开放时间"), max_length=100, blank=True, default="", db_default="")
    services = models.TextField(_("服务项目和时间"), max_length=600, blank=True, default="", db_default="")
    opened_on = models.DateField(_("启用日期"))
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SiteQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "code", "name", "level", "label", "parent", "path", "region", "address", "phone", "hours",
              "services", "opened_on",
              "closed_on", "created_at"]
    )  # fmt: skip

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["path"], name="site_path", opclasses=["text_pattern_ops"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="site_closes_after_opening"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count(".") - 1

    @property
    def counts_by_itself(self) -> bool:
        """Hubs, clusters and stations are counted themselves; a room is counted with the station above it."""
        return self.level != self.Level.ROOM
