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
