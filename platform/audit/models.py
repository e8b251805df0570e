"""The shared floor's log, and the answers kept for repeated requests."""

from django.db import models
from django.db.models.fields.json import KeyTextTransform

from common.logs.book import LogBlock, LogEntry, LogSeal
from common.once import StoredAnswer


class AuditEntry(LogEntry):
    """An act on the shared floor: contracts, marks, supervision, tenants."""

    class Meta(LogEntry.Meta):
        indexes = [
            *LogEntry.Meta.indexes,
            models.Index(
                KeyTextTransform("contract", "details"), models.F("id").desc(), name="audit_line_of_contract",
                condition=models.Q(details__has_key="contract"),
            ),
        ]  # fmt: skip


class KeptAnswer(StoredAnswer):
    """The first answer to a request of the shared host that carried an Idempotency-Key."""


class Block(LogBlock):
    """Lines of the shared floor's log, sealed together."""


class Seal(LogSeal):
    """The seal of one line of the shared floor's log."""
