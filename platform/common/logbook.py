"""The shape of a log line: who did what to which object, before and after. No foreign keys, so history survives."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from common.privacy import Privacy


class LogEntry(models.Model):
    """One act. `act` is app.noun.past; `details` holds refs, numbers and states, never a name or free text."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    act = models.CharField(max_length=80)
    actor = models.CharField(max_length=32, blank=True)
    object_kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=64)
    details = models.JSONField(default=dict)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "at", "act", "actor", "object_kind", "object_ref", "details"])

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.act} {self.object_ref}"
