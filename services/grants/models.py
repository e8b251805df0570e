"""Applications to charity funds: a need, what is asked of a fund for it, who assessed, voted, paid and confirmed.

One person holds one duty on an application: applicant, assessor, decider, payer and approver all differ.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref


class Need(models.Model):
    """What somebody needs. One need may ask several funds; together they give no more than was assessed.

    A person's need names a client; an activity or a small service (JL-12) names a title. The story is sealed.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("困难救助")
        ACTIVITY = "activity", _("社区活动")
        SERVICE = "service", _("购买服务")

    class Cause(models.TextChoices):
        ACCIDENT = "accident", _("意外事故")
        DISASTER = "disaster", _("灾害")
        ILLNESS = "illness", _("重大疾病")
        HARDSHIP = "hardship", _("临时困难")
        OTHER = "other", _("其他")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("需求编号"), max_length=20, unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, null=True, blank=True, related_name="needs")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("名称"), max_length=80, blank=True)
    cause = models.CharField(_("困难原因"), max_length=8, choices=Cause, blank=True)
    story_sealed = models.BinaryField(null=True)
    held_on = models.DateField(_("开展日期"), null=True, blank=True)
    provider = models.CharField(_("服务提供方"), max_length=100, blank=True)
    unit = models.CharField(_("服务单位"), max_length=10, blank=True)
    quantity = models.PositiveIntegerField(_("服务数量"), default=0)
    opened_by = models.CharField(max_length=32, editable=False)
    opened_at = models.DateTimeField(db_default=Now(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["story_sealed", "cause"],
        keep=["id", "ref", "number", "kind", "client", "site", "title", "held_on", "provider", "unit", "quantity",
              "opened_by", "opened_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", client__isnull=False) | (~Q(kind="person") & Q(client=None) & ~Q(title="")),
                name="need_of_a_person_or_titled",
            )
        ]

    def __str__(self) -> str:
        return self.number


class Limit(models.Model):
    """How much may be granted and how much is: a person in a fund and year (GZ-07), an activity (GZ-08), a need.

    `used` is taken by a conditional update, never beyond `cap`. Only a merge of two files may leave it over: what is
    over stands in `overrun` and blocks every further grant until it is decided.
    """

    class Kind(models.TextChoices):
        PERSON_YEAR = "person_year", _("一人一年")
        ACTIVITY = "activity", _("一次活动")
        NEED = "need", _("一项需求")

    kind = models.CharField(max_length=11, choices=Kind)
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField(default=0)
    cap = models.DecimalField(max_digits=14, decimal_places=2)
    used = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    overrun = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["subject"], keep=["id", "kind", "fund", "year", "cap", "used", "overrun"]
    )

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "fund", "subject", "year"], nulls_distinct=False, name="limit_once"
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0, overrun__gte=0, used__lte=F("cap") + F("overrun")), name="limit_holds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.used}/{self.cap}"


class Application(models.Model):
    """What is asked of one fund for one need. `version` rises with every change of what it says."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待评估")
        ASSESSED = "assessed", _("待审议")
        RETURNED = "returned", _("待补充")
        REJECTED = "rejected", _("未通过")
        NOTICE = "notice", _("公示中")
        OBJECTED = "objected", _("有异议")
        PAYABLE = "payable", _("待付款")
        PAID = "paid", _("待确认")
        CONFIRMED = "confirmed", _("已完成")
        WITHDRAWN = "withdrawn", _("已撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("申请编号"), max_length=20, unique=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="applications")
    fund = models.ForeignKey("funds.Fund", on_delete=models.PROTECT, related_name="applications")
    purpose = models.ForeignKey("funds.Purpose", on_delete=models.PROTECT, related_name="applications")
    asked = models.DecimalField(_("申请金额"), max_digits=14, decimal_places=2)
    assessed = models.DecimalField(_("评估金额"), max_digits=14, decimal_places=2, null=True)
    awarded = models.DecimalField(_("资助金额"), max_digits=14, decimal_places=2, null=True)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.DRAFT)
    state_reason = models.CharField(_("原因"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    applied_by = models.CharField(max_length=32, editable=False)
    applied_at = models.DateTimeField(db_default=Now(), editable=False)
    assessed_by = models.CharField(max_length=32, blank=True, editable=False)
    assessed_at = models.DateTimeField(null=True, editable=False)
    findings_sealed = models.BinaryField(null=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    cap_year = models.PositiveSmallIntegerField(null=True, editable=False)
    notice_from = models.DateField(_("公示开始"), null=True)
    notice_to = models.DateField(_("公示截止"), null=True)
    confirmed_on = models.DateField(_("确认日期"), null=True)
    confirmed_by = models.CharField(max_length=32, blank=True, editable=False)
    confirmation_sealed = models.BinaryField(null=True)
    submission = models.UUIDField(unique=True, null=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["findings_sealed", "confirmation_sealed", "state_reason"],
        keep=["id", "ref", "number", "need", "fund", "purpose", "asked", "assessed", "awarded", "state", "version",
              "round", "applied_by", "applied_at", "assessed_by", "assessed_at", "decided_at", "cap_year",
              "notice_from", "notice_to", "confirmed_on", "confirmed_by", "submission"],
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["fund", "state"], name="application_fund_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "fund"],
                condition=~Q(state__in=["rejected", "withdrawn"]),
                name="application_one_live_per_fund",
            ),
            models.CheckConstraint(condition=Q(asked__gt=0), name="application_asks_something"),
            models.CheckConstraint(
                condition=Q(assessed_by="") | ~Q(assessed_by=F("applied_by")), name="application_assessed_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["notice", "objected", "payable", "paid", "confirmed"])
                | Q(awarded__gt=0, cap_year__isnull=False, notice_to__isnull=False),
                name="application_granted_says_what",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Ballot(models.Model):
    """A committee member's word in one round, bound to `seen`, the digest of what the page showed."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("同意")
        REJECT = "reject", _("不同意")
        RETURN = "return", _("补充材料")
        RECUSE = "recuse", _("回避")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="ballots")
    round = models.PositiveSmallIntegerField()
    member = models.ForeignKey("funds.CommitteeMember", on_delete=models.PROTECT, related_name="+", db_column="seat_id")
    person = models.CharField(max_length=32)
    verdict = models.CharField(_("意见"), max_length=8, choices=Verdict)
    words_sealed = models.BinaryField(null=True)
    seen = models.CharField(max_length=64)
    cast_at = models.DateTimeField(db_default=Now())
    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["words_sealed"],
        keep=["id", "ref", "application", "round", "member", "person", "verdict", "seen", "cast_at"],
    )

    class Meta:
        ordering = ["round", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "round", "person"], name="ballot_once")]

    def __str__(self) -> str:
        return self.verdict


class Opinion(models.Model):
    """What the monitor, who attends and does not vote, says of one round (1C-14)."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    person = models.CharField(max_length=32)
    has_no_objection = models.BooleanField(_("对程序无异议"), db_column="is_content")
    words_sealed = models.BinaryField(null=True)
    seen = models.CharField(max_length=64)
    given_at = models.DateTimeField(db_default=Now())

    privacy: ClassVar[Privacy] = Privacy(
        personal=["words_sealed"],
        keep=["id", "ref", "application", "round", "person", "has_no_objection", "seen", "given_at"],
    )

    class Meta:
        ordering = ["round", "id"]
        constraints = [models.UniqueConstraint(fields=["application", "round", "person"], name="opinion_once")]

    def __str__(self) -> str:
        return self.person


class IdentityCheck(models.Model):
    """Somebody says that the applicant is none of those whose files look alike; `seen` is the digest of those files."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="identity_checks")
    person = models.CharField(max_length=32)
    seen = models.CharField(max_length=64)
    checked_at = models.DateTimeField(db_default=Now())

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "application", "person", "seen", "checked_at"])

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "person", "seen"], name="identity_checked_once")]

    def __str__(self) -> str:
        return self.person


class Objection(models.Model):
    """Somebody objects during the public notice. Who it is and how to reach them is sealed."""

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        DISMISSED = "dismissed", _("不成立")
        UPHELD = "upheld", _("成立")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="objections")
    words_sealed = models.BinaryField(null=True)
    contact_sealed = models.BinaryField(null=True)
    raised_at = models.DateTimeField(db_default=Now())
    raised_by = models.CharField(max_length=32, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.OPEN)
    answer_sealed = models.BinaryField(null=True)
    answered_by = models.CharField(max_length=32, blank=True)
    answered_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["words_sealed", "contact_sealed", "answer_sealed"],
        keep=["id", "ref", "application", "raised_at", "raised_by", "state", "answered_by", "answered_at"],
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.state


class PaymentRun(models.Model):
    """Several prepared payments approved together; the work goes on in the background until `done_at`."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    released_by = models.CharField(max_length=32)
    started_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "released_by", "started_at", "done_at"])

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.ref


class Payment(models.Model):
    """A payment: prepared by one person, approved by another, neither of whom applied, assessed or decided."""

    class Method(models.TextChoices):
        BANK = "bank", _("银行转账")
        CASH = "cash", _("现金签收")
        GOODS = "goods", _("发放物资")

    class State(models.TextChoices):
        PREPARED = "prepared", _("待复核付款")
        PAID = "paid", _("已付款")
        DROPPED = "dropped", _("已撤销")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    method = models.CharField(_("付款方式"), max_length=5, choices=Method)
    payee_sealed = models.BinaryField(null=True)
    reference = models.CharField(_("流水号"), max_length=60, blank=True)
    seen = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.PREPARED)
    prepared_by = models.CharField(max_length=32)
    prepared_at = models.DateTimeField(db_default=Now())
    released_by = models.CharField(max_length=32, blank=True)
    paid_on = models.DateField(_("付款日期"), null=True)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey(PaymentRun, on_delete=models.PROTECT, null=True, related_name="payments")
    problem = models.CharField(_("未付原因"), max_length=200, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["payee_sealed", "reference"],
        keep=["id", "ref", "application", "amount", "method", "seen", "state", "prepared_by", "prepared_at",
              "released_by", "paid_on", "entry", "run", "problem"],
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=~Q(state="dropped"), name="payment_one_live"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=~Q(state="paid")
                | (~Q(released_by="") & ~Q(released_by=F("prepared_by")) & Q(entry__isnull=False)),
                name="payment_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Repayment(models.Model):
    """Money a recipient gave back after it was paid: free again for its purpose, and off the recipient's limit."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="repayments")
    amount = models.DecimalField(_("退回金额"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("原因"), max_length=200)
    received_on = models.DateField(_("退回日期"))
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=32)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["reason"], keep=["id", "ref", "application", "amount", "received_on", "entry", "recorded_by"]
    )

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_positive")]

    def __str__(self) -> str:
        return self.ref
