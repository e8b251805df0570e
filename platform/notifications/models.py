"""Notifications of who signs in on the shared host. An agency's stand in its own schema (services/journal)."""

from common.notifications.models import StoredNotification, StoredSwitch


class Notification(StoredNotification):
    """A notification on the shared host."""


class Switch(StoredSwitch):
    """A person's choice for a kind of notification of the shared host."""
