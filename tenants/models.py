"""Agencies as tenants, the hosts that lead to them, and who belongs to them."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import AGENCY_ROLES
from common.privacy import Privacy
from common.refs import new_ref
from tenants.places import Place

SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
RESERVED_SLUGS = (
    "public", "www", "api", "admin", "static", "media", "localhost", "mail", "demo-json", "billing", "join", "help",
    "status", "support", "docs", "app", "accounts", "login", "operator", "gov", "minzheng", "zhengfu",
)  # fmt: skip


class TenantQuerySet(models.QuerySet["Tenant"]):
    def active(self) -> "TenantQuerySet":
        return self.filter(state=Tenant.State.ACTIVE)

    def confirmed(self) -> "TenantQuerySet":
        """Those whose organisation was checked: only they and their stations are shown to the public."""
        return self.filter(confirmed_at__isnull=False)

    def running(self, *, leaving_too: bool) -> "TenantQuerySet":
        """Those that work, with `leaving_too` also those that are read and exported until their day."""
        states = [Tenant.State.ACTIVE, Tenant.State.LEAVING] if leaving_too else [Tenant.State.ACTIVE]
        return self.filter(state__in=states)


class Tenant(models.Model):
    """A social-work agency (社工机构) with a schema of its own. Rows are never deleted, schema names never reused."""

    class State(models.TextChoices):
        PROVISIONING = "provisioning", _("开通中")
        ACTIVE = "active", _("运行中")
        SUSPENDED = "suspended", _("已暂停")
        LEAVING = "leaving", _("待删除")
        DELETED = "deleted", _("已删除")

    slug = models.CharField(_("网址名"), max_length=30, unique=True)
    schema_name = models.CharField(max_length=41, unique=True, editable=False)
    name = models.CharField(_("机构名称"), max_length=100)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    region = models.CharField(_("所在区划"), max_length=12, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PROVISIONING)
    state_reason = models.CharField(_("原因"), max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    delete_after = models.DateField(_("删除日期"), null=True, blank=True)
    # Until somebody of the platform or its area's purchaser has confirmed the organisation, the public sees nothing.
    confirmed_at = models.DateTimeField(_("核实时间"), null=True, blank=True, editable=False)
    confirmed_by = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    refusal = models.CharField(_("未通过原因"), max_length=200, blank=True, default="", db_default="", editable=False)

    objects = TenantQuerySet.as_manager()
    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "slug", "schema_name", "name", "credit_code", "region", "state", "state_reason", "fingerprint",
              "created_at", "delete_after", "confirmed_at", "confirmed_by", "refusal"]
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["region"], condition=Q(confirmed_at=None), name="tenant_unconfirmed")]
        constraints = [
            models.CheckConstraint(condition=Q(confirmed_at=None) | Q(refusal=""), name="tenant_confirmed_or_refused"),
            models.CheckConstraint(
                condition=Q(schema_name__regex=r"^[a-z][a-z0-9_]{2,40}$")
                & ~Q(schema_name__startswith="pg_")
                & ~Q(schema_name__in=["public", "information_schema"]),
                name="tenant_schema_name_plain",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=SLUG_PATTERN) & ~Q(slug__in=RESERVED_SLUGS) & ~Q(slug__startswith="pg"),
                name="tenant_slug_plain",
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & ~Q(state="deleted"),
                name="tenant_credit_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return self.slug

    @property
    def place(self) -> Place:
        return Place(self.schema_name, self.slug)


class TenantKey(models.Model):
    """The agency's data key, wrapped by the master key. Destroying the row makes every sealed field unreadable."""

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="key", primary_key=True)
    wrapped = models.BinaryField()

    privacy: ClassVar[Privacy] = Privacy(keep=["tenant", "wrapped"])

    def __str__(self) -> str:
        return f"key of {self.tenant_id}"


class Domain(models.Model):
    """A host name, lower case without a port, that leads to one agency."""

    host = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="domains")

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "host", "tenant"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(host__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"), name="domain_host_plain"
            )
        ]

    def __str__(self) -> str:
        return self.host


class Membership(models.Model):
    """A person's roles in one agency."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=30, choices=[(role.slug, role.title) for role in AGENCY_ROLES]))
    is_active = models.BooleanField(default=True)
    joined_on = models.DateField(default=dt.date.today)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "user", "tenant", "roles", "is_active", "joined_on"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.tenant_id}"


class EmergencyAccess(models.Model):
    """An operator's look into an agency in an emergency (break-glass): asked for by one, approved by another, for a few
    hours, for reading only. The agency sees who, why, when, and every page that was opened.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        REFUSED = "refused", _("未批准")
        APPROVED = "approved", _("已批准")
        ENDED = "ended", _("已结束")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="emergencies")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now, editable=False)
    reason = models.CharField(_("原因"), max_length=200)
    hours = models.PositiveSmallIntegerField(_("时长（小时）"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField(_("开始"), null=True)
    to_at = models.DateTimeField(_("结束"), null=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "asked_by", "asked_at", "reason", "hours", "state", "answered_by", "from_at",
              "to_at"]
    )  # fmt: skip

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(hours__range=(1, 8)), name="emergency_hours"),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by")), name="emergency_by_two"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_by__isnull=True)
                | Q(state="refused", answered_by__isnull=False)
                | Q(
                    state__in=["approved", "ended"],
                    answered_by__isnull=False,
                    from_at__isnull=False,
                    to_at__gte=F("from_at"),
                ),
                name="emergency_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["tenant", "asked_by"],
                condition=Q(state__in=["asked", "approved"]),
                name="emergency_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by} in {self.tenant_id}"


class Blueprint(models.Model):
    """The statements that build an agency's schema in this release, recorded from the migrations themselves."""

    release = models.CharField(max_length=64, unique=True)
    statements = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "release", "statements", "fingerprint", "made_at"])

    def __str__(self) -> str:
        return self.release


def secret_address() -> str:
    """Return an address nobody guesses: twice a ref (158 bits)."""
    return new_ref() + new_ref()


class Leaving(models.Model):
    """An agency on its way out: asked for, waited for, deleted by two people of the platform, certified.

    People stand here as refs. `counts` hold what was there right before it was erased, `address` is where the
    certificate will be: the director knows it from the day of asking.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="leavings")
    asked_by = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    delete_after = models.DateField(_("删除日期"))
    cancelled_by = models.CharField(max_length=32, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=32, blank=True)
    proposed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=32, default=secret_address, editable=False)
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "asked_by", "asked_at", "reason", "delete_after", "cancelled_by", "cancelled_at",
              "proposed_by", "proposed_at", "confirmed_by", "confirmed_at", "erased_at", "address", "counts",
              "done_at"]
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(cancelled_at=None), name="leaving_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | (~Q(proposed_by="") & ~Q(confirmed_by=models.F("proposed_by"))),
                name="leaving_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class RetainedRecord(models.Model):
    """Rows the law wants kept after an agency left, without names: `body` is gzipped JSON Lines, `digest` its SHA-256.

    A large table comes in several parts.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="retained")
    kind = models.CharField(max_length=30)
    table = models.CharField(max_length=60)
    part = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    keep_until = models.DateField()
    kept_at = models.DateTimeField(default=timezone.now)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "tenant", "kind", "table", "part", "rows", "body", "digest", "keep_until", "kept_at"]
    )

    class Meta:
        ordering = ["tenant", "table", "part"]
        constraints = [models.UniqueConstraint(fields=["tenant", "table", "part"], name="retained_part_once")]

    def __str__(self) -> str:
        return f"{self.table}.{self.part}"


class Certificate(models.Model):
    """What was deleted, when and by whom, and what is still kept where and until when. `ref` is its secret address.

    `digest` is the SHA-256 of `words` as canonical JSON: sorted keys, no spaces, UTF-8.
    """

    ref = models.CharField(max_length=32, unique=True, editable=False)
    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(_("证明编号"), max_length=20, unique=True)
    issued_on = models.DateField(_("开具日期"))
    words = models.JSONField()
    digest = models.CharField(max_length=64)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "tenant", "number", "issued_on", "words", "digest"])

    def __str__(self) -> str:
        return self.number


class UnknownCommit(models.Model):
    """A commit of which nobody could say whether it was kept (tenants/backend/unknown_commits.py).

    `agency` is its slug or '' on the shared floor; `what` a page, call, task or command by its name in our code;
    `objects_named` the refs in its address; `key` tells the answer that is kept with it, where one is.
    """

    class Kind(models.TextChoices):
        PAGE = "page", _("网页")
        CALL = "call", _("接口")
        TASK = "task", _("后台任务")
        COMMAND = "command", _("命令")

    class Reason(models.TextChoices):
        LOST = "lost", _("提交时连接断开")
        STANDBY = "standby", _("备库没有确认")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("待核对")
        STORED = "stored", _("已存上")
        NOT_STORED = "not_stored", _("没有存上")
        SETTLED = "settled", _("已人工处理")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    agency = models.CharField(_("机构"), max_length=30, blank=True)
    kind = models.CharField(_("来自"), max_length=8, choices=Kind)
    what = models.CharField(_("操作"), max_length=100)
    objects_named = models.CharField(_("对象编号"), max_length=200, blank=True)
    user = models.CharField(_("使用者编号"), max_length=16, blank=True)
    key = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("原因"), max_length=8, choices=Reason)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UNKNOWN)
    looked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(_("核对时间"), null=True)
    note = models.CharField(_("处理说明"), max_length=300, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    privacy: ClassVar[Privacy] = Privacy(
        personal=["note"],
        keep=["id", "ref", "at", "agency", "kind", "what", "objects_named", "user", "key", "reason", "state",
              "looked_at", "found_at", "settled_by"],
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} {self.state}"
