"""What charity funds publish: the fund itself, movements without persons, notices, reports, and the books' anchors.

`tenant` is the agency's slug and `fund` the fund's ref in its own schema; nothing here points into an agency, and no
field holds a person: a notice says a number, a place, a cause and an amount.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from tenants.models import Tenant


class PublicFundQuerySet(models.QuerySet["PublicFund"]):
    def public(self) -> "PublicFundQuerySet":
        """Keep the funds of agencies whose organisation was confirmed."""
        return self.filter(tenant__in=Tenant.objects.confirmed().values("slug"))


class PublicFund(models.Model):
    """A fund's public face. `rules` are its allocation rules as sentences (BJ-03); totals are summed from movements."""

    tenant = models.CharField(max_length=30)
    fund = models.CharField(max_length=16, unique=True)
    name = models.CharField(_("基金名称"), max_length=60)
    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    initials = models.CharField(max_length=60, blank=True, editable=False)
    agency = models.CharField(_("运作机构"), max_length=100)
    custodian = models.CharField(_("托管慈善组织"), max_length=100, db_column="host")
    area = models.CharField(_("服务区划"), max_length=12, blank=True)
    purpose_text = models.CharField(_("宗旨"), max_length=300, blank=True)
    rules = ArrayField(models.CharField(max_length=200), default=list)
    opened_on = models.DateField(_("设立日期"))
    closed_on = models.DateField(_("关闭日期"), null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "tenant", "fund", "name", "pinyin", "initials", "agency", "custodian", "area", "purpose_text",
              "rules", "opened_on", "closed_on", "changed_at"]
    )  # fmt: skip

    objects = PublicFundQuerySet.as_manager()

    class Meta:
        ordering = ["area", "name"]
        indexes = [models.Index(fields=["tenant"], name="public_fund_tenant")]

    def __str__(self) -> str:
        return self.name


class Movement(models.Model):
    """Money or goods in or out of a fund, for what and when; above zero it came in. `source` is the entry's ref."""

    tenant = models.CharField(max_length=30)
    fund = models.CharField(max_length=16)
    source = models.CharField(max_length=80)
    occurred_on = models.DateField(_("日期"))
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    category = models.CharField(_("类别"), max_length=20)
    purpose = models.CharField(_("用途"), max_length=60, blank=True)
    giver = models.CharField(_("捐赠方"), max_length=100, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "tenant", "fund", "source", "occurred_on", "amount", "category", "purpose", "giver"]
    )

    class Meta:
        ordering = ["-occurred_on", "-id"]
        indexes = [models.Index(fields=["fund", "-occurred_on"], name="movement_fund")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "source"], name="movement_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="movement_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on} {self.amount}"


class Notice(models.Model):
    """A grant on public notice (公示) before it is paid: number, place, cause and amount, never a person."""

    class State(models.TextChoices):
        RUNNING = "running", _("公示中")
        ENDED = "ended", _("公示期满")
        WITHDRAWN = "withdrawn", _("已撤下")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.CharField(max_length=30)
    fund = models.CharField(max_length=16)
    source = models.CharField(max_length=80)
    number = models.CharField(_("申请编号"), max_length=20)
    kind = models.CharField(_("类别"), max_length=8)
    title = models.CharField(_("名称"), max_length=80, blank=True)
    cause = models.CharField(_("原因"), max_length=20, blank=True)
    place = models.CharField(_("所在街道"), max_length=12, blank=True)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    from_on = models.DateField(_("公示开始"))
    to_on = models.DateField(_("公示截止"))
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.RUNNING)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "fund", "source", "number", "kind", "title", "cause", "place", "amount",
              "from_on", "to_on", "state"]
    )  # fmt: skip

    class Meta:
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "source"], name="notice_once"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on"), amount__gt=0), name="notice_says_what"),
        ]

    def __str__(self) -> str:
        return self.number


class PublishedReport(models.Model):
    """A report as published; a correction is a new row that names the one it corrects."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.CharField(max_length=30)
    fund = models.CharField(max_length=16)
    source = models.CharField(max_length=80)
    kind = models.CharField(_("报告"), max_length=8)
    title = models.CharField(_("标题"), max_length=120)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    due_on = models.DateField(_("应公开日期"))
    figures = models.JSONField()
    words = models.TextField(_("说明"), blank=True)
    published_at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "fund", "source", "kind", "title", "from_on", "to_on", "due_on", "figures",
              "words", "published_at"]
    )  # fmt: skip

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "source"], name="published_report_once")]

    def __str__(self) -> str:
        return self.title


class BookAnchor(models.Model):
    """Where a fund's books stood at a day's end, kept outside the agency's schema: rewriting the books shows."""

    tenant = models.CharField(max_length=30)
    fund = models.CharField(max_length=16)
    on = models.DateField()
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "tenant", "fund", "on", "entries", "digest"])

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["fund", "on"], name="book_anchor_once_a_day")]

    def __str__(self) -> str:
        return f"{self.fund} {self.on}"
