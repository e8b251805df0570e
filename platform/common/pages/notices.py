"""What a page says after an act: one sentence, with 撤销 where the act can be undone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from common.refusals import Refused

UNDO = "undo:"


def notify(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Show `text` on the next page. `undo` is the path that takes a POST and takes the act back; an
    empty text says nothing: one is led on to where it is done."""
    if text:
        messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")


def show_refusal(request: HttpRequest, refusal: Refused) -> None:
    """Say on the next page why an act was refused."""
    for reason in refusal.reasons:
        messages.error(request, reason)


def undo_url(message: Any) -> str:
    """Return the path a message's undo button posts to, or ''."""
    tags = str(message.extra_tags or "")
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""
