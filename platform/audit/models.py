"""The shared floor's log."""

from common.logbook import LogEntry


class AuditEntry(LogEntry):
    """An act on the shared floor: contracts, marks, supervision, tenants."""
