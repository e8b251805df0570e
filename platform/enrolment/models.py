"""An agency on its way in: its sign-up, and a purchaser's invitation to it."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.privacy import Privacy
from common.refs import new_ref
from tenants.models import SLUG_PATTERN, Tenant


class Invitation(models.Model):
    """A purchaser invites an agency for a contract. Only the digest of its link's token is kept (common/tokens.py).

    `issue` counts the links given out: sending again makes a new one, and the one before opens nothing any more.
    """

    class State(models.TextChoices):
        SENT = "sent", _("已发出")
        OPENED = "opened", _("已打开")
        JOINED = "joined", _("已入驻")
        EXPIRED = "expired", _("已过期")
        TAKEN_BACK = "taken_back", _("已收回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    agency = models.CharField(_("机构名称"), max_length=100)
    email = models.EmailField(_("邮箱"))
    number = models.CharField(_("合同编号"), max_length=40, blank=True)
    title = models.CharField(_("项目名称"), max_length=120)
    area = models.CharField(_("所在区划"), max_length=12)
    bureau = models.CharField(_("购买方"), max_length=100)
    issue = models.PositiveSmallIntegerField(default=1, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    valid_until = models.DateField(_("有效期至"))
    made_by = models.CharField(max_length=32, editable=False)
    made_at = models.DateTimeField(_("邀请时间"), default=timezone.now, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    joined_at = models.DateTimeField(null=True, editable=False)
    taken_back_at = models.DateTimeField(null=True, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["email"],
        keep=["id", "ref", "agency", "number", "title", "area", "bureau", "issue", "digest", "valid_until", "made_by",
              "made_at", "opened_at", "joined_at", "taken_back_at", "tenant"],
    )  # fmt: skip

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_at=None, tenant=None) | Q(joined_at__isnull=False, tenant__isnull=False),
                name="invitation_joined_by_an_agency",
            ),
            models.CheckConstraint(condition=Q(joined_at=None) | Q(taken_back_at=None), name="invitation_one_end"),
        ]

    def __str__(self) -> str:
        return self.agency

    def state_on(self, today: dt.date) -> State:
        """Return how the invitation stands on a Shanghai day."""
        if self.taken_back_at:
            return self.State.TAKEN_BACK
        if self.joined_at:
            return self.State.JOINED
        if self.valid_until < today:
            return self.State.EXPIRED
        return self.State.OPENED if self.opened_at else self.State.SENT


class SignUp(models.Model):
    """An organisation that signs up, until its agency is ready. Its ref in the address is the applicant's key.

    A host name, credit code or login is held from the moment the mail is verified; of two at once the database lets
    one in. The password is kept hashed, and only until the login is made.
    """

    class State(models.TextChoices):
        UNVERIFIED = "unverified", _("待验证邮箱")
        VERIFIED = "verified", _("待选择套餐")
        BUILDING = "building", _("开通中")
        READY = "ready", _("已开通")
        FAILED = "failed", _("未能开通")

    class LegalForm(models.TextChoices):
        SERVICE = "service", _("社会服务机构（民办非企业单位）")
        ASSOCIATION = "association", _("社会团体")
        FOUNDATION = "foundation", _("基金会")
        INSTITUTION = "institution", _("事业单位")
        COMPANY = "company", _("企业")
        OTHER = "other", _("其他")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.UNVERIFIED)
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    name = models.CharField(_("机构名称"), max_length=100)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18)
    legal_form = models.CharField(_("机构类型"), max_length=12, choices=LegalForm)
    region = models.CharField(_("所在区划"), max_length=12)
    slug = models.CharField(_("网址名"), max_length=30)
    contact = models.CharField(_("负责人姓名"), max_length=50)
    email = models.EmailField(_("邮箱"))
    phone = models.CharField(_("手机"), max_length=30)
    username = models.CharField(_("用户名"), max_length=60)
    password = models.CharField(max_length=128, blank=True)
    plan = models.CharField(max_length=30, blank=True)
    interval = models.CharField(max_length=5, blank=True)
    stations = models.PositiveIntegerField(default=1)
    seats = models.PositiveIntegerField(default=1)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, null=True, related_name="sign_ups")
    code_digest = models.CharField(max_length=64, blank=True)
    code_at = models.DateTimeField(null=True)
    codes = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    email_verified_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, null=True, related_name="sign_up")
    director = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    queued_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["contact", "email", "phone", "username", "password", "code_digest"],
        keep=["id", "ref", "state", "reason", "name", "credit_code", "legal_form", "region", "slug", "plan", "interval",
              "stations", "seats", "invitation", "code_at", "codes", "tries", "email_verified_at", "steps", "attempts",
              "tenant", "director", "begun_at", "queued_at", "touched_at", "ready_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["-begun_at", "-id"]
        indexes = [models.Index(fields=["touched_at"], condition=Q(state="building"), name="sign_up_building")]
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG_PATTERN), name="sign_up_slug_plain"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(tenant__isnull=False, director__isnull=False, password=""),
                name="sign_up_ready_is_whole",
            ),
            *(
                models.UniqueConstraint(
                    fields=[field], condition=Q(state__in=["verified", "building"]), name=f"sign_up_{field}_held_once"
                )
                for field in ("slug", "credit_code", "username", "invitation")
            ),
        ]

    def __str__(self) -> str:
        return self.name
