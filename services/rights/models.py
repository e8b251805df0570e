"""A person's requests about their own data (个人信息权利请求): what is asked, by whom, checked how, answered when."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from services.clients.models import Consent


class PersonRequest(models.Model):
    """One request of one person: a client, a volunteer or somebody of the staff. Nothing is answered unchecked.

    The number on the document is compared with the file's keyed hash and never kept: `is_matched` is None where the
    file has no number to compare with.
    """

    class Kind(models.TextChoices):
        COPY = "copy", _("查阅复制")
        CORRECT = "correct", _("更正补充")
        DELETE = "delete", _("删除")
        WITHDRAW = "withdraw", _("撤回同意")

    class State(models.TextChoices):
        OPEN = "open", _("待核验身份")
        CHECKED = "asked", _("待办理")
        DONE = "done", _("已办结")
        REFUSED = "declined", _("不予办理")
        DROPPED = "dropped", _("本人撤回")

    class Document(models.TextChoices):
        ID_CARD = "id_card", _("居民身份证")
        HOUSEHOLD_BOOK = "household_book", _("户口簿")
        PASSPORT = "passport", _("护照")
        DISABILITY_CARD = "disability_card", _("残疾人证")
        KNOWN = "known", _("工作人员当面认识")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    kind = models.CharField(_("请求"), max_length=8, choices=Kind)
    client = models.ForeignKey(
        "clients.Client", on_delete=models.PROTECT, null=True, blank=True, related_name="person_requests"
    )
    volunteer = models.ForeignKey(
        "volunteers.Volunteer", on_delete=models.PROTECT, null=True, blank=True, related_name="person_requests"
    )
    staff = models.ForeignKey(
        "people.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="person_requests"
    )
    asker = models.CharField(_("提出人"), max_length=8, choices=Consent.Giver)
    asker_sealed = models.BinaryField(null=True)
    proof = models.CharField(_("代理凭证"), max_length=100, blank=True)
    words_sealed = models.BinaryField(null=True)
    received_on = models.DateField(_("收到日期"))
    due_on = models.DateField(_("办理期限"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    taken_by = models.CharField(max_length=32, editable=False)
    document = models.CharField(_("查验证件"), max_length=15, choices=Document, blank=True)
    is_matched = models.BooleanField(_("证件号码一致"), null=True)
    checked_by = models.CharField(max_length=32, blank=True, editable=False)
    checked_at = models.DateTimeField(_("核验时间"), null=True)
    answer_sealed = models.BinaryField(null=True)
    outcome = models.JSONField(default=dict)
    answered_by = models.CharField(max_length=32, blank=True, editable=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["asker_sealed", "proof", "words_sealed", "answer_sealed"],
        keep=["id", "ref", "kind", "client", "volunteer", "staff", "asker", "received_on", "due_on", "state",
              "taken_by", "document", "is_matched", "checked_by", "checked_at", "outcome", "answered_by",
              "answered_at"],
    )  # fmt: skip

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on"], condition=Q(state__in=["open", "asked"]), name="request_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(client__isnull=False, volunteer=None, staff=None)
                | Q(client=None, volunteer__isnull=False, staff=None)
                | Q(client=None, volunteer=None, staff__isnull=False),
                name="request_of_one_person",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("received_on")), name="request_due_after_receipt"),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "done"]) | (~Q(checked_by="") & ~Q(document="")),
                name="request_answered_once_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def person(self) -> Any:
        """The client, volunteer or staff member it is about."""
        return self.client or self.volunteer or self.staff

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.OPEN, self.State.CHECKED)

    def is_overdue(self, today: dt.date) -> bool:
        return self.is_open and self.due_on < today

    @property
    def is_late(self) -> bool:
        return self.is_overdue(timezone.localdate())
