"""A fund, who sits on its committee, what its money is for, and how what is left goes to its custodian."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from common.retention import Retention


class Fund(models.Model):
    """A fund under the rules of one programme edition, pinned by its digest."""

    class State(models.TextChoices):
        ACTIVE = "active", _("运作中")
        CLOSED = "closed", _("已关闭")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    code = models.CharField(_("基金编号"), max_length=12, unique=True)
    name = models.CharField(_("基金名称"), max_length=60, unique=True)
    custodian = models.CharField(_("托管慈善组织"), max_length=100, db_column="host")
    area = models.CharField(_("服务区划"), max_length=12, blank=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    purpose_text = models.CharField(_("宗旨"), max_length=300, blank=True)
    programme = models.CharField(_("规则"), max_length=40)
    digest = models.CharField(max_length=64)
    book = models.OneToOneField("ledger.Book", on_delete=models.PROTECT, related_name="+")
    opening_amount = models.DecimalField(_("起始资金"), max_digits=14, decimal_places=2)
    opened_on = models.DateField(_("设立日期"))
    closed_on = models.DateField(_("关闭日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ACTIVE)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "code", "name", "custodian", "area", "site", "purpose_text", "programme", "digest", "book",
              "opening_amount", "opened_on", "closed_on", "state"]
    )  # fmt: skip
    retention: ClassVar[Retention] = Retention(
        kind="funds", why=_("账簿所属的基金及其托管方"),
        fields=["id", "ref", "code", "name", "custodian", "book", "opened_on", "closed_on"],
    )  # fmt: skip

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(opening_amount__gte=0), name="fund_opening_not_negative"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")), name="fund_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(state="active", closed_on=None) | Q(state="closed", closed_on__isnull=False),
                name="fund_closed_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class CommitteeMember(models.Model):
    """Somebody's place on the management committee (管委会) or as monitor, from day to day; always unpaid (1C-14)."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("主任委员")
        MEMBER = "member", _("委员")
        MONITOR = "monitor", _("监督员")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="committee_members")
    person = models.CharField(max_length=32)
    name = models.CharField(_("姓名"), max_length=50)
    role = models.CharField(_("职责"), max_length=8, choices=Role, db_column="duty")
    background = models.CharField(_("身份"), max_length=40, blank=True, help_text=_("例如 居民代表、社区书记、律师"))
    from_on = models.DateField(_("任职日期"))
    to_on = models.DateField(_("离任日期"), null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["name", "background"], keep=["id", "ref", "fund", "person", "role", "from_on", "to_on"]
    )

    class Meta:
        db_table = "funds_seat"
        ordering = ["role", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "person"], condition=Q(to_on=None), name="seat_one_at_a_time"),
            models.UniqueConstraint(fields=["fund"], condition=Q(to_on=None, role="chair"), name="seat_one_chair"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="seat_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name


class Purpose(models.Model):
    """What money of the fund is for: one general purpose, and restricted ones that donors named (限定用途).

    `free` and `reserved` are its accounts of promises: each purpose's money is spent for that purpose only.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="purposes")
    name = models.CharField(_("用途"), max_length=60)
    is_restricted = models.BooleanField(_("限定用途"), default=True)
    free = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    reserved = models.OneToOneField("ledger.Account", on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "fund", "name", "is_restricted", "free", "reserved", "closed_on"]
    )

    class Meta:
        ordering = ["is_restricted", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "name"], name="purpose_name_once"),
            models.UniqueConstraint(fields=["fund"], condition=Q(is_restricted=False), name="purpose_one_general"),
        ]

    def __str__(self) -> str:
        return self.name


class ResidualTransfer(models.Model):
    """What is left of a fund goes to its custodian before it closes: asked for by one person, approved by another."""

    class State(models.TextChoices):
        ASKED = "asked", _("待复核")
        DONE = "done", _("已移交")
        DROPPED = "dropped", _("已撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="residual_transfers")
    amount = models.DecimalField(_("移交金额"), max_digits=14, decimal_places=2)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    asked_by = models.CharField(max_length=32, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.CharField(max_length=32, blank=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "fund", "amount", "state", "asked_by", "asked_at", "released_by"]
    )

    class Meta:
        db_table = "funds_handover"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hand_over_positive"),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(released_by="") & ~Q(released_by=F("asked_by"))),
                name="hand_over_by_two",
            ),
            models.UniqueConstraint(fields=["fund"], condition=Q(state="asked"), name="hand_over_one_asked"),
        ]

    def __str__(self) -> str:
        return self.ref
