"""Reports as they were published."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from common.refs import new_ref
from services.funds.models.fund import Fund
from services.funds.models.income import Campaign


class Report(models.Model):
    """A published report: of a quarter, of a campaign after its end, of a year. Figures are frozen with it (1C-15).

    A correction is a report of its own that names the one it `corrects`; each is corrected once, a correction too.
    """

    class Kind(models.TextChoices):
        QUARTER = "quarter", _("季度报告")
        FINAL = "final", _("活动总结报告")
        YEAR = "year", _("年度报告")

    ref = models.CharField(max_length=16, unique=True, default=new_ref, editable=False)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="reports")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    kind = models.CharField(_("报告"), max_length=8, choices=Kind)
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    due_on = models.DateField(_("应公开日期"))
    figures = models.JSONField()
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by", editable=False
    )
    words = models.TextField(_("说明"), max_length=2000, blank=True)
    published_by = models.CharField(max_length=32, editable=False)
    published_at = models.DateTimeField(default=timezone.now, editable=False)

    privacy: ClassVar[Privacy] = Privacy(
        keep=["id", "ref", "fund", "campaign", "kind", "from_on", "to_on", "due_on", "figures", "corrects",
              "words", "published_by", "published_at"]
    )  # fmt: skip

    class Meta:
        ordering = ["-to_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fund", "kind", "from_on", "to_on", "campaign"],
                condition=Q(corrects=None),
                nulls_distinct=False,
                name="report_once",
            ),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="report_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to_on}"
