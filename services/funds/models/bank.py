"""Bank statements and their lines, each matched to an entry of the books or set aside."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from services.funds.models.fund import Fund


class BankImport(models.Model):
    """A bank statement as it was read; the same file is read once."""

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_imports")
    file_name = models.CharField(_("文件"), max_length=120)
    file_digest = models.CharField(max_length=64)
    imported_by = models.CharField(max_length=32, editable=False)
    imported_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "fund", "file_name", "file_digest", "imported_by", "imported_at"]
    )

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["fund", "file_digest"], name="bank_file_once")]

    def __str__(self) -> str:
        return self.file_name


class BankLine(models.Model):
    """A line of a bank statement: above zero money came in. It waits until it is matched to an entry or set aside."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待核对")
        MATCHED = "matched", _("已核对")
        SET_ASIDE = "set_aside", _("不入账")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    statement = models.ForeignKey(BankImport, on_delete=models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="bank_lines")
    on = models.DateField(_("日期"))
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    counterparty = models.CharField(_("对方户名"), max_length=100, blank=True)
    summary = models.CharField(_("摘要"), max_length=200, blank=True)
    reference = models.CharField(_("流水号"), max_length=60, blank=True)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.WAITING)
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("说明"), max_length=100, blank=True)
    settled_by = models.CharField(max_length=32, blank=True, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        personal=["counterparty", "summary", "reference"],
        keep=["id", "ref", "statement", "fund", "on", "amount", "fingerprint", "state", "entry", "reason",
              "settled_by"],
    )  # fmt: skip

    class Meta:
        ordering = ["-on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "fingerprint"], name="bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_moves_something"),
            models.CheckConstraint(
                condition=Q(state="matched", entry__isnull=False) | (~Q(state="matched") & Q(entry=None)),
                name="bank_line_matched_has_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
