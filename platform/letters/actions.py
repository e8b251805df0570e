"""Write a letter; it goes out once the transaction it was written in is true."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from letters import tasks
from letters.models import Letter

LONGEST_SUBJECT = 200


def are_sent() -> bool:
    """Return whether letters reach anybody: by a mail server, or in the demo by its mailbox."""
    return bool(settings.EMAIL_URL) or settings.DEMO or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def write(*, to: str, kind: str, context: Mapping[str, Any], key: str, language: str = "zh-hans") -> Letter:
    """Write the letter `templates/letters/<kind>.txt` (subject, an empty line, the text) to one address.

    The same `key` writes once: asked again, the first letter is returned. Without an address it is kept for the
    operator. Names of clients never stand in a letter.
    """
    with translation.override(language):
        page = get_template(f"letters/{kind}.txt").template  # type: ignore[attr-defined]  # Django's own engine
        text = page.render(Context(dict(context), autoescape=False)).strip()  # a mail is no HTML
    subject, _gap, body = text.partition("\n")
    with transaction.atomic():
        letter, is_new = Letter.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "to": to,
                "language": language,
                "subject": " ".join(subject.split())[:LONGEST_SUBJECT],
                "body": body.strip() + "\n",
                "state": Letter.State.WAITING if to else Letter.State.KEPT,
            },
        )
        if is_new and to:
            transaction.on_commit(lambda: tasks.send.delay(letter=letter.ref))
    return letter
