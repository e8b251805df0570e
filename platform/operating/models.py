"""What the operator's desk remembers of an agency's schema."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privacy import Privacy
from tenants.models import Tenant


class StructureCheck(models.Model):
    """The last comparison of an agency's schema with this release: `fingerprint` as read from the database itself,
    `behind` migrations that it lacks."""

    tenant = models.OneToOneField(Tenant, on_delete=models.PROTECT, related_name="structure", primary_key=True)
    at = models.DateTimeField(_("核对时间"), default=timezone.now)
    fingerprint = models.CharField(max_length=64, blank=True)
    behind = models.PositiveIntegerField(default=0)
    is_equal = models.BooleanField(default=False)
    error = models.CharField(max_length=80, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["tenant", "at", "fingerprint", "behind", "is_equal", "error"])

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.is_equal}"


FINDINGS = {
    "changed": _("记录在封存后被改动"),
    "gone": _("已封存的记录不见了"),
    "unsealed": _("记录没有封存"),
    "block": _("封存块与记录不符"),
}


class LogCheck(models.Model):
    """The last verification of a log: the shared floor's (`place` ''), or an agency's by its slug.

    `findings` are pairs of a word and the number of a line or block, at most MOST_FINDINGS; `wrong` counts them all.
    `blocks` and `digest` say where the chain stood then.
    """

    MOST_FINDINGS: ClassVar[int] = 100

    place = models.CharField(_("日志"), max_length=30, primary_key=True)
    at = models.DateTimeField(_("核对时间"))
    blocks = models.BigIntegerField(_("封存块"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    wrong = models.PositiveIntegerField(_("异常"), default=0)
    findings = models.JSONField(default=list)

    privacy: ClassVar[Privacy] = Privacy(keep=["place", "at", "blocks", "digest", "wrong", "findings"])

    class Meta:
        ordering = ["-wrong", "place"]

    def __str__(self) -> str:
        return f"{self.place} {self.wrong}"

    def in_words(self) -> str:
        """Return the first findings as a person reads them."""
        return "；".join(f"{FINDINGS[word]} {number}" for word, number in self.findings[:5])
