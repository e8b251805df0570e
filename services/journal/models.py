"""The agency's log, answers kept for repeated requests, and its people's filters, files of lists and notifications."""

from common.logs.book import LogBlock, LogEntry, LogSeal
from common.notifications.models import StoredNotification, StoredSwitch
from common.once import StoredAnswer
from common.pages.list_files import StoredListFile
from common.pages.saved_filters import StoredFilter


class JournalEntry(LogEntry):
    """An act in this agency."""


class KeptAnswer(StoredAnswer):
    """The first answer to a request of this agency's host that carried an Idempotency-Key."""


class SavedFilter(StoredFilter):
    """A filter of one of this agency's lists."""


class ListFile(StoredListFile):
    """A file of one of this agency's lists."""


class Block(LogBlock):
    """Lines of the agency's log, sealed together."""


class Seal(LogSeal):
    """The seal of one line of the agency's log."""


class Notification(StoredNotification):
    """A notification on this agency's host."""


class Switch(StoredSwitch):
    """A person's choice for a kind of notification of this agency's host."""
