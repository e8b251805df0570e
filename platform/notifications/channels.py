"""Ways to reach a person besides inbox and mail: 企业微信, SMS. Each takes a sentence that names nobody, and its link.

A deployment that has such a contract adds a class with `send` and names it in NOTIFICATION_CHANNEL. The product brings
the one below: accounts hold no phone number and no 企业微信 name, so there is no address that a message could go to.
"""

import logging
from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class ChannelFailed(Exception):
    """The message was not taken; it is tried again."""


@dataclass(frozen=True)
class ChannelMessage:
    """`ref` names the notification: a channel that is handed it twice can tell. `user` is the person's ref."""

    ref: str
    user: str
    kind: str
    text: str
    url: str


class Channel(Protocol):
    """A way out."""

    def send(self, message: ChannelMessage) -> None:
        """Hand one message over.

        :raises ChannelFailed: if it was not taken.
        """
        ...


class LogChannel:
    """Writes that there is something to read, and what kind: never the sentence, which would stand in two places."""

    def send(self, message: ChannelMessage) -> None:
        logger.info("notification %s of kind %s for %s: %s", message.ref, message.kind, message.user, message.url)


def channel() -> Channel:
    """Return the deployment's channel."""
    return cast(Channel, import_string(settings.NOTIFICATION_CHANNEL)())
