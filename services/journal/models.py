"""The agency's log, the answers kept for repeated requests, and the filters its people saved."""

from common.logbook import LogEntry
from common.once import StoredAnswer
from common.saved_filters import StoredFilter


class JournalEntry(LogEntry):
    """An act in this agency."""


class KeptAnswer(StoredAnswer):
    """The first answer to a request of this agency's host that carried an Idempotency-Key."""


class SavedFilter(StoredFilter):
    """A filter of one of this agency's lists."""
