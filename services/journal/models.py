"""The agency's log, and the answers kept for repeated requests."""

from common.logbook import LogEntry
from common.once import StoredAnswer


class JournalEntry(LogEntry):
    """An act in this agency."""


class KeptAnswer(StoredAnswer):
    """The first answer to a request of this agency's host that carried an Idempotency-Key."""
