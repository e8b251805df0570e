"""Households and clients (一户一档 一人一案), their dated categories, and who looked at a sealed field and why."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from common.texts.identity import MASKED


class Household(models.Model):
    """One file per household (GD-07). The address is sealed."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("档号"), max_length=30, unique=True)
    title = models.CharField(_("户名"), max_length=60, help_text=_("例如 张家（户主姓名）"))
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="households")
    address_sealed = models.BinaryField(null=True)
    opened_on = models.DateField(_("建档日期"))

    privacy: ClassVar[Privacy] = Privacy(
        personal=["title", "address_sealed"], keep=["id", "ref", "number", "site", "opened_on"]
    )

    class Meta:
        ordering = ["-opened_on", "-id"]

    def __str__(self) -> str:
        return self.title


class Client(models.Model):
    """A person served. ID number, phone, address and remark are sealed; only masks and keyed hashes stand beside them.

    A restricted file (domestic violence, minors under protection) is seen by its named workers only.
    A sample is there to try things out (services/clients/samples.py): it counts nowhere, and can be removed.
    """

    class Gender(models.TextChoices):
        FEMALE = "f", _("女")
        MALE = "m", _("男")
        UNKNOWN = "", _("未说明")

    class State(models.TextChoices):
        ACTIVE = "active", _("服务中")
        CLOSED = "closed", _("已结束")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    number = models.CharField(_("个案编号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    name_key = models.CharField(max_length=200, editable=False)
    pinyin = models.CharField(max_length=400, editable=False)
    initials = models.CharField(max_length=100, editable=False)
    other_pinyin = models.CharField(max_length=400, blank=True, editable=False)
    other_initials = models.CharField(max_length=100, blank=True, editable=False)
    gender = models.CharField(_("性别"), max_length=1, choices=Gender, blank=True)
    birth_on = models.DateField(_("出生日期"), null=True, blank=True)
    id_number_sealed = models.BinaryField(null=True)
    id_number_hash = models.CharField(max_length=64, null=True, db_index=True)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    address_sealed = models.BinaryField(null=True)
    remark_sealed = models.BinaryField(null=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    relation = models.CharField(_("与户主关系"), max_length=20, blank=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="clients")
    worker = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="clients")
    registered_region = models.CharField(_("户籍地"), max_length=12, blank=True)
    living_region = models.CharField(_("居住地"), max_length=12, blank=True)
    is_restricted = models.BooleanField(_("限制查看"), default=False)
    named_workers = models.ManyToManyField("people.Staff", related_name="restricted_clients", blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ACTIVE)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    opened_on = models.DateField(_("建档日期"))
    changed_at = models.DateTimeField(default=timezone.now)
    is_sample = models.BooleanField(_("示例"), default=False, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    stopped_on = models.DateField(_("撤回同意日期"), null=True, blank=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=[
            "number",
            "name",
            "name_key",
            "pinyin",
            "initials",
            "other_pinyin",
            "other_initials",
            "gender",
            "birth_on",
            "id_number_sealed",
            "id_number_hash",
            "phone_sealed",
            "phone_hash",
            "phone_masked",
            "address_sealed",
            "remark_sealed",
            "relation",
            "registered_region",
            "living_region",
        ],
        keep=[
            "id",
            "ref",
            "household",
            "site",
            "worker",
            "is_restricted",
            "named_workers",
            "state",
            "merged_into",
            "opened_on",
            "changed_at",
            "is_sample",
            "removed_at",
            "stopped_on",
        ],
    )

    class Meta:
        ordering = ["-opened_on", "-id"]
        indexes = [
            models.Index(fields=["name_key"], name="client_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="client_pinyin", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="client_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["site", "-opened_on"], name="client_site"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["is_sample"], condition=Q(is_sample=True, removed_at=None), name="client_one_sample"
            ),
            models.CheckConstraint(condition=Q(removed_at=None) | Q(is_sample=True), name="client_only_samples_go"),
            # Not of restricted ones: a second file of somebody restricted is opened like any (services/clients/alerts).
            models.UniqueConstraint(
                fields=["id_number_hash"], condition=Q(is_restricted=False), name="client_open_id_number_hash"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def id_number_masked(self) -> str:
        """Say that an ID number is kept, without a digit of it; '' if none is."""
        return MASKED if self.id_number_sealed else ""


class ClientCategory(models.Model):
    """A category the client belongs to from day to day, by its code in a dated code list (YS-08, BJ-04)."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(_("类别"), max_length=30)
    code_list = models.CharField(_("目录版本"), max_length=30)
    from_on = models.DateField(_("开始日期"))
    to_on = models.DateField(_("结束日期"), null=True, blank=True)
    proof = models.CharField(_("依据"), max_length=100, blank=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["code", "proof"], keep=["id", "ref", "client", "code_list", "from_on", "to_on"]
    )

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="category_ends_after_start"
            ),
            models.UniqueConstraint(fields=["client", "code", "from_on"], name="category_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.code


class Reveal(models.Model):
    """Somebody looked at a sealed field and said why. Written before the value is given; never changed."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="reveals")
    field = models.CharField(max_length=20)
    reason = models.CharField(_("理由"), max_length=200)
    by = models.CharField(max_length=32)
    at = models.DateTimeField(db_default=Now())

    privacy: ClassVar[Privacy] = Privacy(personal=["reason"], keep=["id", "client", "field", "by", "at"])

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "at"], name="reveal_by_at")]

    def __str__(self) -> str:
        return f"{self.field} by {self.by}"


class DataAlert(models.Model):
    """What the agency's data officer (who reads its log: the director) has to look into. Nobody else sees it.

    `by` did it. A twin is a file (`client`) with the ID number of a restricted one (`twin`); many reveals are `count`
    looks at sealed fields within an hour.
    """

    class Kind(models.TextChoices):
        TWIN = "twin", _("新档与限制查看的档案是同一人")
        REVEALS = "reveals", _("一小时内查看加密内容过多")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    kind = models.CharField(_("事项"), max_length=7, choices=Kind)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    twin = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, related_name="+")
    count = models.PositiveIntegerField(_("次数"), default=0)
    by = models.CharField(max_length=32)
    raised_at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    settled_by = models.CharField(max_length=32, blank=True)
    settled_at = models.DateTimeField(_("处理时间"), null=True)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "kind", "client", "twin", "count", "by", "raised_at", "settled_by", "settled_at"]
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.kind


class Consent(models.Model):
    """A person's word to what is done with their data, or its withdrawal: of a client or of a volunteer.

    One stands at a time for each purpose; a withdrawn one stays as history. The guardian's or agent's name is sealed.
    """

    class Purpose(models.TextChoices):
        SERVICE = "service", _("建档和服务")
        SHARING = "sharing", _("向基金和合作单位提供")

    class Giver(models.TextChoices):
        SELF = "self", _("本人")
        GUARDIAN = "guardian", _("监护人")
        AGENT = "agent", _("受托人")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, blank=True, related_name="consents")
    volunteer = models.ForeignKey(
        "volunteers.Volunteer", on_delete=models.CASCADE, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(_("用途"), max_length=8, choices=Purpose)
    given_on = models.DateField(_("同意日期"), null=True, blank=True)
    given_by = models.CharField(_("同意人"), max_length=8, choices=Giver, blank=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.CharField(_("撤回人"), max_length=8, choices=Giver, blank=True)
    giver_sealed = models.BinaryField(null=True)
    noted_by = models.CharField(max_length=32, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["giver_sealed"],
        keep=["id", "ref", "client", "volunteer", "purpose", "given_on", "given_by", "withdrawn_on", "withdrawn_by",
              "noted_by"],
    )  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(client=None, volunteer__isnull=False) | Q(client__isnull=False, volunteer=None),
                name="consent_of_one_person",
            ),
            models.CheckConstraint(
                condition=Q(given_on__isnull=False) | Q(withdrawn_on__isnull=False), name="consent_says_something"
            ),
            models.UniqueConstraint(
                fields=["client", "volunteer", "purpose"], condition=Q(withdrawn_on=None), nulls_distinct=False,
                name="consent_one_at_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.purpose
