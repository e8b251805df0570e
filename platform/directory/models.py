"""The places and parties everybody refers to: divisions, organisations, and the public face of each station."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from tenants.models import Tenant


class RegionQuerySet(models.QuerySet["Region"]):
    def matching(self, words: str) -> "RegionQuerySet":
        """Keep divisions whose name holds `words`, or whose pinyin or initials begin with them."""
        spelt = words.replace(" ", "").replace("'", "").replace("ü", "v").lower()
        if spelt.isascii():
            read = Reading.objects.filter(Q(pinyin__startswith=spelt) | Q(initials__startswith=spelt))
            return self.filter(code__in=read.values("region"))
        return self.filter(name__contains=spelt)

    def below(self, parent: str) -> "RegionQuerySet":
        return self.filter(parent=parent)


class Region(models.Model):
    """A division of the Ministry of Civil Affairs: 1 province, 2 city, 3 county or district, 4 street or town.

    `code` has six digits at levels 1 to 3 and nine at level 4; `parent` is the code above or '' for provinces. A
    place may skip a level (Dongguan's towns stand under the city). `full_name` runs from the province down.
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("省")
        CITY = 2, _("市")
        DISTRICT = 3, _("区县")
        STREET = 4, _("街道乡镇")

    code = models.CharField(_("区划代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=40)
    full_name = models.CharField(_("全称"), max_length=120)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level)
    parent = models.CharField(_("上级区划"), max_length=12, blank=True)

    objects = RegionQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(keep=["code", "name", "full_name", "level", "parent"])

    class Meta:
        ordering = ["level", "code"]
        indexes = [models.Index(fields=["parent", "level", "code"], name="region_parent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=[1, 2, 3], code__regex=r"^\d{6}$") | Q(level=4, code__regex=r"^\d{9}$"),
                name="region_code_of_level",
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class Reading(models.Model):
    """One way to read a division's name aloud (directory/readings.py)."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="readings")
    pinyin = models.CharField(max_length=120)
    initials = models.CharField(max_length=20)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "region", "pinyin", "initials"])

    class Meta:
        indexes = [
            models.Index(fields=["pinyin"], opclasses=["text_pattern_ops"], name="reading_pinyin"),
            models.Index(fields=["initials"], opclasses=["text_pattern_ops"], name="reading_initials"),
        ]

    def __str__(self) -> str:
        return self.pinyin


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def open(self) -> "OrganisationQuerySet":
        return self.filter(closed_on=None)


class Organisation(models.Model):
    """A body that contracts name: a civil-affairs bureau, a street or town, a university, an evaluator.

    Contracts keep the names they were signed with; one that is closed is offered for no new one.
    """

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("民政部门")
        STREET = "street", _("街道乡镇")
        UNIVERSITY = "university", _("高校")
        EVALUATOR = "evaluator", _("评估机构")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    name = models.CharField(_("名称"), max_length=100, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    area = models.CharField(_("所在区划"), max_length=12, blank=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_default="")
    closed_on = models.DateField(_("停用日期"), null=True, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "name", "kind", "area", "credit_code", "closed_on"])

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["area", "kind"], name="organisation_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="organisation_credit_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class StationQuerySet(models.QuerySet["StationListing"]):
    def open(self) -> "StationQuerySet":
        return self.filter(closed_on=None)

    def public(self) -> "StationQuerySet":
        """Keep the stations of agencies whose organisation was confirmed."""
        return self.filter(tenant__in=Tenant.objects.confirmed().values("slug"))

    def within(self, prefix: str) -> "StationQuerySet":
        """Keep stations whose division code starts with `prefix` ("3701" for the city 370100)."""
        return self.filter(region__code__startswith=prefix)

    def matching(self, words: str) -> "StationQuerySet":
        """Keep stations whose name, agency, address or any place above them answers to `words`."""
        places = Region.objects.matching(words).values("code")
        around = self.annotate(
            district=Left("region_id", 6),
            city=Concat(Left("region_id", 4), models.Value("00")),
            province=Concat(Left("region_id", 2), models.Value("0000")),
        )
        here = Q(region__in=places) | Q(district__in=places) | Q(city__in=places) | Q(province__in=places)
        text = Q(name__contains=words) | Q(agency__contains=words) | Q(address__contains=words)
        return around.filter(here if words.isascii() else here | text | Q(region__full_name__contains=words))


class StationListing(models.Model):
    """The public face of a station, listed by its agency. `level` orders the network, `label` is what it is called."""

    class Level(models.TextChoices):
        HUB = "hub", _("总站")
        CLUSTER = "cluster", _("片区中心站")
        STATION = "station", _("社工站")
        ROOM = "room", _("社工室")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.CharField(max_length=30)
    code = models.CharField(_("站点编号"), max_length=32)
    name = models.CharField(_("站点名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    label = models.CharField(_("称谓"), max_length=20, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("服务区划"))
    address = models.CharField(_("地址"), max_length=200, blank=True)
    opened_on = models.DateField(_("开放日期"))
    closed_on = models.DateField(_("关闭日期"), null=True, blank=True)
    agency = models.CharField(_("承接机构"), max_length=100)
    phone = models.CharField(_("电话"), max_length=30, blank=True, default="", db_default="")
    hours = models.CharField(_("开放时间"), max_length=100, blank=True, default="", db_default="")
    services = models.TextField(_("服务项目和时间"), blank=True, default="", db_default="")
    people = models.JSONField(_("工作人员"), default=dict, db_default={})

    objects = StationQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "code", "name", "level", "label", "region", "address", "opened_on", "closed_on",
              "agency", "phone", "hours", "services", "people"]
    )  # fmt: skip

    class Meta:
        ordering = ["region", "level", "code"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="listing_once"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="listing_closed_after_opened"
            ),
        ]

    def __str__(self) -> str:
        return self.name
