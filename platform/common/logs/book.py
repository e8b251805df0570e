"""The shape of a log line: who did what to which object, before and after. No foreign keys, so history survives."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from common.privacy import Privacy
from common.written_by import WrittenBy


class LogEntry(models.Model):
    """One act. `act` is app.noun.past; `details` holds refs, numbers and states, never a name or free text."""

    at = models.DateTimeField(db_default=Now(), editable=False)  # the database's clock, whatever a machine believes
    act = models.CharField(max_length=80)
    actor = models.CharField(max_length=32, blank=True)
    object_kind = models.CharField(max_length=60)
    object_ref = models.CharField(max_length=64)
    details = models.JSONField(default=dict)

    privacy: ClassVar[Privacy] = Privacy(keep=["id", "at", "act", "actor", "object_kind", "object_ref", "details"])
    written_by = WrittenBy.APPLICATION_ONCE

    class Meta:
        abstract = True
        ordering = ["-id"]
        # What one thing went through; of the shared floor's contracts also what is told of their marks and sheets.
        indexes = [models.Index(fields=["object_kind", "object_ref", "-id"], name="%(app_label)s_line_of")]

    def __str__(self) -> str:
        return f"{self.act} {self.object_ref}"


class LogBlock(models.Model):
    """Lines sealed together. `digest` holds theirs and the one before (common/logs/chain.py writes it)."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    size = models.IntegerField()
    before = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    privacy: ClassVar[Privacy] = Privacy(keep=["number", "sealed_at", "size", "before", "digest"])
    written_by = WrittenBy.OWNER

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class LogSeal(models.Model):
    """One line's digest and its block; without a block the line is still open."""

    entry_id = models.BigIntegerField(primary_key=True)
    block_id = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, null=True, blank=True)

    privacy: ClassVar[Privacy] = Privacy(keep=["entry_id", "block_id", "digest"])
    written_by = WrittenBy.OWNER

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["block_id"], name="%(app_label)s_seal_block"),
            models.Index(fields=["entry_id"], condition=models.Q(block_id=None), name="%(app_label)s_seal_open"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.block_id}"
