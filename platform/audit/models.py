"""The shared floor's log, and the answers kept for repeated requests."""

from common.logbook import LogEntry
from common.once import StoredAnswer


class AuditEntry(LogEntry):
    """An act on the shared floor: contracts, marks, supervision, tenants."""


class KeptAnswer(StoredAnswer):
    """The first answer to a request of the shared host that carried an Idempotency-Key."""
