"""Who pays for which agency, what for, and every yuan that came and went. Amounts are yuan, `numeric(14,2)`."""

import datetime as dt
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.plans import catalogue
from common.privacy import Privacy
from common.refs import new_ref
from tenants.models import Tenant


class Channel(models.TextChoices):
    """How an account pays: by bank transfer against our bills, or through Stripe."""

    OFFLINE = "offline", _("对公转账")
    STRIPE = "stripe", _("在线支付")


class Interval(models.TextChoices):
    MONTH = "month", _("按月")
    YEAR = "year", _("按年")


class Account(models.Model):
    """A payer: an agency for itself, or a bureau for all it covers. Holds what an official invoice (发票) needs.

    `credit` is what a smaller plan gave back; the next bills use it up. `over_since` is the first day on which more
    stations or seats were in use than bought.
    """

    class Kind(models.TextChoices):
        AGENCY = "agency", _("机构")
        BUREAU = "bureau", _("购买方")

    class Fapiao(models.TextChoices):
        ORDINARY = "ordinary", _("增值税普通发票")
        SPECIAL = "special", _("增值税专用发票")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    name = models.CharField(_("名称"), max_length=100)
    tenant = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="account", verbose_name=_("机构")
    )
    area = models.CharField(_("所在区划"), max_length=12, blank=True)
    email = models.EmailField(_("账单邮箱"), blank=True)
    fapiao = models.CharField(_("发票类型"), max_length=8, choices=Fapiao, default=Fapiao.ORDINARY)
    title = models.CharField(_("发票抬头"), max_length=100, blank=True)
    tax_number = models.CharField(_("纳税人识别号"), max_length=20, blank=True)
    address = models.CharField(_("注册地址"), max_length=120, blank=True)
    phone = models.CharField(_("注册电话"), max_length=30, blank=True)
    bank = models.CharField(_("开户银行"), max_length=80, blank=True)
    bank_account = models.CharField(_("银行账号"), max_length=40, blank=True)
    credit = models.DecimalField(_("可抵扣余额"), max_digits=14, decimal_places=2, default=0)
    over_since = models.DateField(null=True, blank=True)
    stripe_customer = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["email", "phone"],
        keep=["id", "ref", "kind", "name", "tenant", "area", "fapiao", "title", "tax_number", "address", "bank",
              "bank_account", "credit", "over_since", "stripe_customer", "made_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="agency", tenant__isnull=False) | Q(kind="bureau", tenant__isnull=True),
                name="account_of_agency_or_bureau",
            ),
            models.CheckConstraint(condition=Q(credit__gte=0), name="account_credit_not_below_zero"),
        ]

    def __str__(self) -> str:
        return self.name


class Cover(models.Model):
    """Which account pays for an agency: its own, or a bureau's."""

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="cover", primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="covers")
    since = models.DateField()

    privacy: ClassVar[Privacy] = Privacy(keep=["tenant", "account", "since"])

    def __str__(self) -> str:
        return f"{self.account_id} pays for {self.tenant_id}"


class Coupon(models.Model):
    """A reduction for pilots: so many percent off so many periods. `used` never passes `most`."""

    code = models.CharField(_("优惠码"), max_length=30, unique=True)
    percent = models.PositiveSmallIntegerField(_("减免百分比"))
    periods = models.PositiveSmallIntegerField(_("适用期数"))
    valid_until = models.DateField(_("有效期至"))
    most = models.PositiveIntegerField(_("可用次数"))
    used = models.PositiveIntegerField(_("已用次数"), default=0)
    made_by = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "code", "percent", "periods", "valid_until", "most", "used", "made_by", "made_at"]
    )

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="coupon_percent"),
            models.CheckConstraint(condition=Q(periods__gte=1, most__gte=1), name="coupon_is_for_something"),
            models.CheckConstraint(condition=Q(used__lte=F("most")), name="coupon_used_within_most"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9-]{3,30}$"), name="coupon_code_plain"),
        ]

    def __str__(self) -> str:
        return self.code


class Subscription(models.Model):
    """What an account takes: a plan for so many active stations and seats. One that lives at a time.

    Prices are yuan per station and per seat for one interval, as agreed; `period_to` is the first moment after what is
    paid or billed for. `unpaid_since` is when the oldest overdue bill fell due. A trial that was not continued stays
    `trialing` with its end in the past. `coupon_periods` are still to come, `percent_off` is of the current period.
    """

    class State(models.TextChoices):
        TRIALING = "trialing", _("试用中")
        ACTIVE = "active", _("有效")
        PAST_DUE = "past_due", _("逾期未付")
        CANCELLED = "cancelled", _("已结束")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="subscriptions")
    channel = models.CharField(_("付款方式"), max_length=8, choices=Channel, default=Channel.OFFLINE)
    plan = models.CharField(_("套餐"), max_length=30)
    interval = models.CharField(_("计费周期"), max_length=5, choices=Interval)
    stations = models.PositiveIntegerField(_("站点数"), validators=[MinValueValidator(1)])
    seats = models.PositiveIntegerField(_("席位数"), validators=[MinValueValidator(1)])
    station_price = models.DecimalField(_("每站点"), max_digits=14, decimal_places=2)
    seat_price = models.DecimalField(_("每席位"), max_digits=14, decimal_places=2)
    state = models.CharField(_("状态"), max_length=10, choices=State)
    trial_until = models.DateTimeField(_("试用截止"), null=True, blank=True)
    period_from = models.DateTimeField(_("本期开始"), null=True, blank=True)
    period_to = models.DateTimeField(_("本期截止"), null=True, blank=True)
    cancels_at_end = models.BooleanField(_("到期不再续"), default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    unpaid_since = models.DateTimeField(null=True, blank=True)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    coupon_periods = models.PositiveSmallIntegerField(default=0)
    percent_off = models.PositiveSmallIntegerField(default=0)
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "account", "channel", "plan", "interval", "stations", "seats", "station_price", "seat_price",
              "state", "trial_until", "period_from", "period_to", "cancels_at_end", "ended_at", "unpaid_since",
              "coupon", "coupon_periods", "percent_off", "stripe_id", "made_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=~Q(state="cancelled"), name="subscription_one_alive"),
            models.CheckConstraint(condition=Q(stations__gte=1, seats__gte=1), name="subscription_of_something"),
            models.CheckConstraint(
                condition=Q(station_price__gte=0, seat_price__gte=0), name="subscription_price_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(state="trialing", trial_until__isnull=False)
                | Q(state="cancelled")
                | Q(state__in=["active", "past_due"], period_to__isnull=False),
                name="subscription_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(channel="stripe") | Q(stripe_id__isnull=True), name="subscription_stripe_by_stripe"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} of {self.account_id}"

    @property
    def is_alive(self) -> bool:
        return self.state != self.State.CANCELLED

    @property
    def plan_name(self) -> str:
        return catalogue.name_of(self.plan)


class Bill(models.Model):
    """What an account owes, and until when. `fapiao_number` is set once the official invoice was issued for it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        OPEN = "open", _("待付款")
        PAID = "paid", _("已付清")
        VOID = "void", _("已作废")
        UNCOLLECTIBLE = "uncollectible", _("无法收回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("账单编号"), max_length=40, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bills")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, null=True, related_name="bills")
    channel = models.CharField(_("付款方式"), max_length=8, choices=Channel, default=Channel.OFFLINE)
    state = models.CharField(_("状态"), max_length=14, choices=State, default=State.OPEN)
    amount = models.DecimalField(_("应付金额"), max_digits=14, decimal_places=2)
    tax = models.DecimalField(_("其中税额"), max_digits=14, decimal_places=2, default=0)
    credit_used = models.DecimalField(_("抵扣余额"), max_digits=14, decimal_places=2, default=0)
    issued_on = models.DateField(_("开出日期"))
    due_on = models.DateField(_("付款期限"))
    paid_at = models.DateTimeField(_("付清时间"), null=True, blank=True)
    period_from = models.DateTimeField(null=True, blank=True)
    period_to = models.DateTimeField(null=True, blank=True)
    fapiao_number = models.CharField(_("发票号码"), max_length=30, blank=True)
    fapiao_on = models.DateField(_("开票日期"), null=True, blank=True)
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    page = models.URLField(max_length=600, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "number", "account", "subscription", "channel", "state", "amount", "tax", "credit_used",
              "issued_on", "due_on", "paid_at", "period_from", "period_to", "fapiao_number", "fapiao_on",
              "stripe_id", "page"]
    )  # fmt: skip

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, tax__gte=0), name="bill_not_below_zero"),
            models.UniqueConstraint(
                fields=["subscription", "period_from"],
                condition=Q(channel="offline", period_from__isnull=False) & ~Q(state="void"),
                name="bill_once_a_period",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_overdue(self, today: dt.date) -> bool:
        return self.state == self.State.OPEN and self.due_on < today


class BillLine(models.Model):
    """A line of a bill: `quantity` of something at `price` yuan; `amount` may be below zero (a reduction, a credit)."""

    class Kind(models.TextChoices):
        STATION = "station", _("站点")
        SEAT = "seat", _("席位")
        COUPON = "coupon", _("优惠")
        CREDIT = "credit", _("抵扣余额")
        CHANGE = "change", _("套餐变更差价")
        OTHER = "other", _("其他")

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.OTHER)
    words = models.CharField(_("项目"), max_length=120, blank=True)
    quantity = models.PositiveIntegerField(_("数量"), default=1)
    price = models.DecimalField(_("单价"), max_digits=14, decimal_places=2)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "bill", "kind", "words", "quantity", "price", "amount"])

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.words}"


class Movement(models.Model):
    """Money that came (payment, above zero) or went back (refund, below zero). Never changed or deleted: the database
    refuses it (migrations/0001). `key` is what the world calls it, so that it is counted once."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("收款")
        REFUND = "refund", _("退款")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, blank=True, related_name="movements")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    channel = models.CharField(_("付款方式"), max_length=8, choices=Channel)
    method = models.CharField(_("方式"), max_length=30, blank=True)
    reference = models.CharField(_("流水号"), max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    by = models.CharField(max_length=32, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "key", "account", "bill", "kind", "amount", "channel", "method", "reference", "note", "at",
              "recorded_at", "by"]
    )  # fmt: skip

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="payment", amount__gt=0) | Q(kind="refund", amount__lt=0), name="movement_direction"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class StripeEvent(models.Model):
    """An event Stripe told us of: only what it is about is kept. What is true is asked from the object itself."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待处理")
        DONE = "done", _("已处理")
        FAILED = "failed", _("处理失败")
        FOREIGN = "foreign", _("不是我们的客户")

    event_id = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=80)
    customer = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "event_id", "kind", "object_kind", "object_id", "customer", "created_at", "received_at", "state",
              "attempts", "next_try_at", "error"]
    )  # fmt: skip

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="stripe_event_waiting")]

    def __str__(self) -> str:
        return self.event_id


class Reconciliation(models.Model):
    """One comparison of our books with Stripe's, both ways. `difference` is ours less Stripe's, in yuan."""

    at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField()
    events_listed = models.PositiveIntegerField(default=0)
    events_missed = models.PositiveIntegerField(default=0)
    movements_listed = models.PositiveIntegerField(default=0)
    movements_posted = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    difference = models.DecimalField(_("差额"), max_digits=14, decimal_places=2, default=0)
    error = models.CharField(max_length=200, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "at", "since", "events_listed", "events_missed", "movements_listed", "movements_posted",
              "unmatched", "difference", "error"]
    )  # fmt: skip

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.difference}"


class UsageDay(models.Model):
    """What an agency used on a day: active stations, seats, bytes kept, requests answered. Counts only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="usage")
    day = models.DateField()
    stations = models.PositiveIntegerField(default=0)
    seats = models.PositiveIntegerField(default=0)
    storage = models.BigIntegerField(default=0)
    requests = models.BigIntegerField(default=0)
    reported_at = models.DateTimeField(null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "tenant", "day", "stations", "seats", "storage", "requests", "reported_at"]
    )

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="usage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.day}"
