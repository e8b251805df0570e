"""Contracts as they were signed: who bought what from whom, where, and what was promised."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from common.dates import Period
from common.privacy import Privacy
from common.refs import new_ref
from common.written_by import WrittenBy
from evaluation.models import Moment
from programmes import door as programmes
from programmes.shapes import Programme
from tenants.models import Tenant


class Contract(models.Model):
    """A contract of a purchaser with an agency, its provider (承接方). It pins the edition it is scored by.

    `area` is the division code of its street or town; `amount` in yuan; both dates are included. Nobody turns a
    contract to "ahead" or "ended": an active one is ahead until its first day, and has ended once its last day has
    passed (`state_on`).
    """

    class State(models.TextChoices):
        AHEAD = "ahead", _("尚未开始")
        ACTIVE = "active", _("执行中")
        ENDED = "ended", _("已到期")
        CLOSED = "closed", _("已结项")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("合同编号"), max_length=40, unique=True)
    title = models.CharField(_("项目名称"), max_length=120)
    programme = models.CharField(_("评估方案"), max_length=40)
    digest = models.CharField(max_length=64)
    # The column keeps its first name: processes of the version before read it while a rollout goes on.
    provider = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        related_name="contracts",
        verbose_name=_("承接机构"),
        db_column="operator_id",
    )
    area = models.CharField(_("所在区划"), max_length=12)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    amount = models.DecimalField(_("合同金额"), max_digits=14, decimal_places=2)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE)
    known_from = models.DateTimeField(db_default=Moment(), editable=False)  # only the database writes it

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "number", "title", "programme", "digest", "provider", "area", "starts_on", "ends_on",
              "amount", "state", "known_from"]
    )  # fmt: skip

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="contract_amount_not_below_zero"),
            models.CheckConstraint(condition=Q(state__in=["active", "closed"]), name="contract_state_kept"),
        ]
        indexes = [
            models.Index(fields=["area"], opclasses=["varchar_pattern_ops"], name="contract_area"),
            models.Index(fields=["programme", "starts_on", "ends_on"], name="contract_programme_days"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def district(self) -> str:
        """The six-digit code of the district it lies in."""
        return self.area[:6]

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def edition(self) -> Programme:
        """The pinned edition of the programme.

        :raises UnknownProgramme: if its files are no longer there.
        """
        return programmes.programme(self.programme, self.digest)

    def state_on(self, day: dt.date) -> "Contract.State":
        """Return the state as of `day`: an active contract is ahead before its first day, has ended past its last."""
        if self.state == Contract.State.ACTIVE and day > self.ends_on:
            return Contract.State.ENDED
        if self.state == Contract.State.ACTIVE and day < self.starts_on:
            return Contract.State.AHEAD
        return Contract.State(self.state)


class ContractParty(models.Model):
    """An organisation in its role in one contract. Roles belong to the contract, not to a level of government."""

    class Role(models.TextChoices):
        PURCHASER = "purchaser", _("购买方")
        LANDING = "landing_party", _("落地方")
        PROVIDER = "operator", _("承接方")
        AUTHORITY = "supervising_authority", _("监督方")
        EVALUATOR = "evaluator", _("评估方")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("角色"), max_length=24, choices=Role)
    organisation = models.CharField(_("单位"), max_length=100)
    area = models.CharField(_("所在区划"), max_length=12, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "contract", "role", "organisation", "area"])

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["contract", "role", "organisation"], name="party_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.organisation}"


class ContractStation(models.Model):
    """A station served under a contract; its facts count for it. The days are the contract's own, kept here so that
    the database can refuse a station in two contracts at a time."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="stations")
    tenant = models.CharField(max_length=40)
    code = models.CharField(_("站点编号"), max_length=40)
    name = models.CharField(_("站点名称"), max_length=60)
    region = models.CharField(_("服务区划"), max_length=12)
    starts_on = models.DateField()
    ends_on = models.DateField()
    known_from = models.DateTimeField(db_default=Moment(), editable=False)  # only the database writes it

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "contract", "tenant", "code", "name", "region", "starts_on", "ends_on", "known_from"]
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            ExclusionConstraint(
                name="station_in_one_contract_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.name


class Deliverable(models.Model):
    """What the contract promises of one measure over its whole period, in the measure's unit."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="deliverables")
    measure = models.CharField(_("服务"), max_length=40)
    target = models.DecimalField(_("约定数量"), max_digits=12, decimal_places=2)
    known_from = models.DateTimeField(db_default=Moment(), editable=False)  # only the database writes it

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "contract", "measure", "target", "known_from"])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "measure"], name="deliverable_once"),
            models.CheckConstraint(condition=Q(target__gt=0), name="deliverable_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.target}"


class TermVersion(models.Model):
    """What a contract, one of its stations or a deliverable once said: known from `known_from` until `known_until`.

    Written by the database itself when such a row changes or goes; `said` is the whole row as it was.
    """

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("合同")
        STATION = "contractstation", _("服务站点")
        DELIVERABLE = "deliverable", _("约定数量")

    contract = models.ForeignKey(
        Contract, on_delete=models.DO_NOTHING, related_name="term_versions", db_constraint=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    row = models.BigIntegerField()
    said = models.JSONField()
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "contract", "kind", "row", "said", "known_from", "known_until"])
    written_by = WrittenBy.OWNER

    class Meta:
        ordering = ["known_until", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
