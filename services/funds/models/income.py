"""What comes in: campaigns and matching promises, donations, refunds to donors, receipts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from common.retention import Retention
from services.funds.models.fund import Fund, Purpose


class Campaign(models.Model):
    """A drive for money (99公益日) with a target in yuan and what it shall bring about in units (JL-10)."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="campaigns")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(_("劝募活动"), max_length=60)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    target = models.DecimalField(_("募款目标"), max_digits=14, decimal_places=2)
    output = models.CharField(_("成果"), max_length=40, blank=True, help_text=_("例如 改造儿童之家"))
    output_unit = models.CharField(_("单位"), max_length=10, blank=True)
    output_target = models.PositiveIntegerField(_("计划数量"), default=0)
    output_done = models.PositiveIntegerField(_("完成数量"), default=0)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "fund", "purpose", "name", "starts_on", "ends_on", "target", "output", "output_unit",
              "output_target", "output_done"]
    )  # fmt: skip

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "name"], name="campaign_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"),
            models.CheckConstraint(condition=Q(target__gt=0), name="campaign_target_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Pledge(models.Model):
    """A street's or company's promise to match what a campaign raises: `rate` yuan for each yuan, up to `ceiling`."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="pledges")
    giver = models.CharField(_("配捐方"), max_length=100)
    rate = models.DecimalField(_("每元配捐"), max_digits=6, decimal_places=4)
    ceiling = models.DecimalField(_("配捐上限"), max_digits=14, decimal_places=2)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "campaign", "giver", "rate", "ceiling"])

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0, ceiling__gt=0), name="pledge_promises_something"),
        ]

    def __str__(self) -> str:
        return self.giver


class Donation(models.Model):
    """What came in, in cash or in goods at their value. A donor who wants no name is anonymous and has none here."""

    class Kind(models.TextChoices):
        CASH = "cash", _("货币")
        IN_KIND = "in_kind", _("实物")

    class Giver(models.TextChoices):
        PERSON = "person", _("个人")
        ORGANISATION = "organisation", _("单位")
        GOVERNMENT = "government", _("政府")
        ANONYMOUS = "anonymous", _("匿名")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="donations")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="donations")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="donations")
    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, null=True, blank=True, related_name="donations")
    kind = models.CharField(_("形式"), max_length=8, choices=Kind)
    giver = models.CharField(_("捐赠人类别"), max_length=12, choices=Giver)
    donor = models.CharField(_("捐赠人"), max_length=100, blank=True)
    is_named = models.BooleanField(_("同意公开姓名"), default=False)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    goods = models.CharField(_("物资名称和数量"), max_length=100, blank=True)
    valuation = models.CharField(_("计价依据"), max_length=100, blank=True)
    received_on = models.DateField(_("到账日期"))
    reference = models.CharField(_("流水号"), max_length=60, blank=True)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=32, editable=False)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["donor", "reference"],
        keep=["id", "ref", "fund", "purpose", "campaign", "pledge", "kind", "giver", "is_named", "amount", "goods",
              "valuation", "received_on", "entry", "recorded_by", "recorded_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(fields=["fund", "-received_on"], name="donation_fund")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="donation_positive"),
            models.CheckConstraint(
                condition=Q(giver="anonymous", donor="", is_named=False) | (~Q(giver="anonymous") & ~Q(donor="")),
                name="donation_anonymous_has_no_name",
            ),
            models.CheckConstraint(
                condition=Q(kind="cash", goods="") | (Q(kind="in_kind") & ~Q(goods="") & ~Q(valuation="")),
                name="donation_goods_are_valued",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class DonationRefund(models.Model):
    """Money given back to a donor: asked for by one person, let go by another."""

    class State(models.TextChoices):
        ASKED = "asked", _("待复核")
        DONE = "done", _("已退还")
        DROPPED = "dropped", _("已撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("退还金额"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    asked_by = models.CharField(max_length=32, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.CharField(max_length=32, blank=True, editable=False)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    privacy: ClassVar[Privacy] = Privacy(
        personal=["reason"],
        keep=["id", "ref", "donation", "amount", "state", "asked_by", "asked_at", "released_by", "entry"],
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="donation_refund_positive"),
            models.CheckConstraint(
                condition=~Q(state="done")
                | (~Q(released_by="") & ~Q(released_by=F("asked_by")) & Q(entry__isnull=False)),
                name="donation_refund_by_two",
            ),
            models.UniqueConstraint(fields=["donation"], condition=Q(state="asked"), name="donation_refund_one_asked"),
        ]

    def __str__(self) -> str:
        return self.ref


class Receipt(models.Model):
    """A numbered receipt (捐赠收据). Numbers run without gaps in a fund and year; a wrong one is voided and stays.

    `amount` is what it was given for: the donation less what had been given back by then.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="receipts")
    number = models.CharField(_("收据编号"), max_length=30, unique=True)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    issued_on = models.DateField(_("开具日期"))
    issued_by = models.CharField(max_length=32, editable=False)
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    void_reason = models.CharField(_("作废原因"), max_length=100, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "donation", "number", "amount", "issued_on", "issued_by", "voided_on", "void_reason"]
    )
    retention: ClassVar[Retention] = Retention(
        kind="receipts", why=_("捐赠票据存根保存 30 年"),
        fields=["id", "ref", "donation", "number", "amount", "issued_on", "issued_by", "voided_on"],
    )  # fmt: skip

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["donation"], condition=Q(voided_on=None), name="receipt_one_valid"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_positive"),
        ]

    def __str__(self) -> str:
        return self.number
