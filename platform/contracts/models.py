"""Government purchase contracts: who bought what from whom, where, and how it was scored."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.dates import Period, local_day
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


class Mark(models.Model):
    """Points by hand for one rule, or a veto (`code` of the veto, 0 points), with its reason and its proof.

    A mark belongs to the `party` that gives it ('' in rows of the release that did not ask) and to its author `by`, who
    was there on `visited_on` (None in such rows). It may count from the day `dated`; which party's mark counts is the
    programme's rule (`contracts.marks.rules.counting`). A withdrawn one counts no more. The database lets nobody change
    or delete a row (migration 0007): only the withdrawal is added, once.
    """

    class Withdrawal(models.TextChoices):
        AUTHOR = "author", _("评分人撤回")
        REVIEW = "review", _("复核撤回")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="marks")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("评分理由"), max_length=500)
    dated = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(db_default=Moment(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What was added later has defaults of the database: processes of the version before go on adding rows.
    party = models.CharField(
        _("评分方"), max_length=24, choices=ContractParty.Role, blank=True, default="", db_default=""
    )
    visited_on = models.DateField(_("查看日期"), null=True, blank=True)
    withdrawal = models.CharField(
        _("撤回方式"), max_length=10, choices=Withdrawal, blank=True, default="", db_default=""
    )
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, default="", db_default="")

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "code", "points", "reason", "dated", "by", "given_at", "withdrawn_at",
              "withdrawn_by", "party", "visited_on", "withdrawal", "withdrawn_reason"]
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["contract", "code"], name="mark_of_rule")]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="mark_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"

    @property
    def withdrawn_on(self) -> dt.date | None:
        return timezone.localtime(self.withdrawn_at).date() if self.withdrawn_at else None


class ScoreSheet(models.Model):
    """A version of a score, frozen and published. The database refuses to change or delete it (migration 0001).

    A correction is a new row: the next `version` of the same `as_of`, which `replaces` the one before and says in
    `changes` ({code, title, before, after, why}) and `correction_reason` what it changes. `lines`, `quantities`,
    `vetoes`, `appeals` and `head` (contract, agency, programme) hold everything as it was; `digest` is the SHA-256 of
    the sheet's file (`contracts.publishing.files`), which `format` says how to write: 1 is that of sheets published
    before there were versions. `known_at` is the moment up to which the numbers were known.

    With a programme that gives notice (公示), the score is on notice until `notice_until` and can be appealed until
    `appeal_until`; it is final once a SheetConfirmation says so. Without these two it is final at once.
    """

    FIRST_FORMAT: ClassVar[int] = 1
    FORMAT: ClassVar[int] = 2

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="sheets")
    as_of = models.DateField(_("评分截至"))
    lines = models.JSONField()
    quantities = models.JSONField()
    total = models.DecimalField(_("总分"), max_digits=6, decimal_places=2)
    grade = models.CharField(_("等级"), max_length=20)
    grade_name = models.CharField(max_length=40)
    vetoes = models.JSONField(default=list)
    programme_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The database's own defaults: a process of the version before goes on publishing while a rollout is under way.
    format = models.PositiveSmallIntegerField(default=FIRST_FORMAT, db_default=FIRST_FORMAT)
    version = models.PositiveSmallIntegerField(_("版本"), default=1, db_default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    correction_reason = models.CharField(_("更正原因"), max_length=500, blank=True, default="", db_default="")
    changes = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    appeals = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    head = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    known_at = models.DateTimeField(null=True)
    notice_until = models.DateTimeField(_("公示至"), null=True)
    appeal_until = models.DateTimeField(_("申诉截止"), null=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "as_of", "lines", "quantities", "total", "grade", "grade_name", "vetoes",
              "programme_digest", "digest", "published_at", "published_by", "format", "version", "replaces",
              "correction_reason", "changes", "appeals", "head", "known_at", "notice_until", "appeal_until"]
    )  # fmt: skip

    class Meta:
        ordering = ["-as_of", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "as_of", "version"], name="sheet_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | Q(version__gt=1, replaces__isnull=False),
                name="sheet_correction_replaces",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="sheet_of_digest")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.as_of} v{self.version} {self.total}"

    @property
    def last_day_of_notice(self) -> dt.date | None:
        """The last whole day of notice: `notice_until` is the midnight after it."""
        return local_day(self.notice_until - dt.timedelta(days=1)) if self.notice_until else None

    @property
    def last_day_of_appeals(self) -> dt.date | None:
        """The last whole day on which it can be appealed."""
        return local_day(self.appeal_until - dt.timedelta(days=1)) if self.appeal_until else None

    @property
    def open_until(self) -> dt.datetime | None:
        """The moment at which notice and appeals have both ended; None where there was no notice."""
        ends = [moment for moment in (self.notice_until, self.appeal_until) if moment]
        return max(ends) if ends else None


class Appeal(models.Model):
    """An agency's word against one line of its score (`code` of the rule or veto), and the purchaser's answer.

    `points` are those the line had when it was made, on the `sheet` it is about (None: on the live score). An upheld
    one names its `effect` on the line, and the answer sees to it that there is one. Appeals that were upheld before
    effects were named have none. One appeal of a line is open at a time; answered ones stay as history.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        ACCEPTED = "accepted", _("申诉成立")
        KEPT = "kept", _("维持原分")

    class Effect(models.TextChoices):
        POINTS = "points", _("改定这一项的得分")
        LIFTED = "lifted", _("撤销一票否决的认定")
        MARKED = "marked", _("已经重新评分")
        CORRECTED = "corrected", _("数据已经更正")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="appeals")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("申诉时得分"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("申诉理由"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="appealed")
    effect = models.CharField(_("对得分的影响"), max_length=10, choices=Effect, blank=True, default="", db_default="")

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "contract", "code", "points", "reason", "by", "made_at", "state", "answer", "answered_by",
              "answered_at", "sheet", "effect"]
    )  # fmt: skip

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], condition=Q(state="open"), name="appeal_open_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "accepted", "kept"]), name="appeal_state_known"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, answer="")
                | (~Q(state="open") & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="appeal_answered_or_open",
            ),
            models.CheckConstraint(
                condition=Q(effect="") | Q(state="accepted", effect__in=["points", "lifted", "marked", "corrected"]),
                name="appeal_effect_upheld",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def title(self) -> str:
        """The title of the rule or veto it is about."""
        rule, veto = self.contract.edition.by_code.get(self.code), self.contract.edition.veto(self.code)
        return rule.title if rule else veto.title if veto else self.code


class SheetConfirmation(models.Model):
    """A sheet that was on notice has become final: its days are over and every appeal is settled. Written once."""

    written_by = WrittenBy.APPLICATION_ONCE

    sheet = models.OneToOneField(ScoreSheet, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "sheet", "by", "at"])

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.at}"


class LineDecision(models.Model):
    """The purchaser settles a line: from `dated` on it has these `points`, whatever marks or data said until then.

    It follows an upheld appeal, or stands in the correction of a published score; `clause` is what it rests on. Of a
    veto, points of 1 lift it. A later mark of the line takes its place, and so does a later decision: `mark` is the
    newest one that there was, so that what is later needs no clock. Written once.
    """

    written_by = WrittenBy.APPLICATION_ONCE

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="decisions")
    code = models.CharField(max_length=20)
    points = models.DecimalField(_("改定得分"), max_digits=5, decimal_places=2)
    clause = models.CharField(_("依据条款"), max_length=120)
    reason = models.CharField(_("改定理由"), max_length=500)
    dated = models.DateField(_("起算日"))
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=[
            "id",
            "ref",
            "contract",
            "code",
            "points",
            "clause",
            "reason",
            "dated",
            "appeal",
            "mark",
            "by",
            "decided_at",
        ]
    )

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="decision_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.code} {self.points}"


class AppealFile(models.Model):
    """A photo or paper that goes with an appeal: its bytes lie sealed in the storage at `file`. Written once.

    `kind` is what its content was told to be (`common.files.proofs`); its name is not kept, since people put names
    into names. `sha256` is that of the clear bytes.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        PAPER = "paper", _("文件")

    written_by = WrittenBy.APPLICATION_ONCE

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=120)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "appeal", "kind", "size", "sha256", "file"])

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


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


class KeptScore(models.Model):
    """A contract's score of a day, worked out ahead so that a list of a thousand need not: total, grade, lines.

    Good while nothing is due of one of its stations (`evaluation.ScoreDue`) and its edition is still `digest`; else it
    is worked out live. `grade` is empty until one is named. `scores` stand in the order of the edition's leaves, empty
    for "not yet". `behind` is how many deliverables lag, `weight` how worrying the contract is (`ranking.overview`).
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="kept_scores")
    day = models.DateField()
    digest = models.CharField(max_length=64)
    total = models.DecimalField(max_digits=6, decimal_places=2)
    grade = models.CharField(max_length=20, blank=True)
    behind = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField()
    scores = ArrayField(models.DecimalField(max_digits=6, decimal_places=2, null=True))
    made_at = models.DateTimeField(db_default=Moment(), editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "contract", "day", "digest", "total", "grade", "behind", "weight", "scores", "made_at"]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "contract"], name="kept_score_once")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.day} {self.total}"


class MarkCase(models.Model):
    """One case of a mark's deduction or bonus: the day, what was found (nothing that names anybody), its points."""

    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="cases")
    day = models.DateField(_("日期"))
    text = models.CharField(_("情况"), max_length=200)
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=2)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "mark", "day", "text", "points"])
    written_by: ClassVar[WrittenBy] = WrittenBy.APPLICATION_ONCE

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="mark_case_above_zero")]

    def __str__(self) -> str:
        return f"{self.day} {self.points}"


class MarkFile(models.Model):
    """A photo or paper shown for a mark: stripped of what its device wrote into it, sealed, never taken away.

    `size` in bytes and `sha256` (hex) are of the clear bytes that are handed out; `file` names the sealed ones in the
    shared floor's storage. Its first name is not kept: people name photos after whom they show.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        PAPER = "paper", _("文件")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    size = models.PositiveIntegerField(_("大小"))
    sha256 = models.CharField(_("校验码"), max_length=64)
    file = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "ref", "mark", "kind", "size", "sha256", "file", "by", "added_at"])
    written_by: ClassVar[WrittenBy] = WrittenBy.APPLICATION_ONCE

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["mark", "sha256"], name="mark_file_once"),
            models.CheckConstraint(condition=Q(kind__in=["photo", "paper"]), name="mark_file_kind_known"),
        ]

    def __str__(self) -> str:
        return self.ref
