"""Write a letter; it goes out once the transaction it was written in is true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from letters import tasks
from letters.models import Letter

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Draft:
    """A letter to be written; the fields are those of `write`."""

    to: str
    kind: str
    context: Mapping[str, Any]
    key: str
    language: str = "zh-hans"


def are_sent() -> bool:
    """Return whether letters reach anybody: by a mail server, or in the demo by its mailbox."""
    return bool(settings.EMAIL_URL) or settings.DEMO or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def write(*, to: str, kind: str, context: Mapping[str, Any], key: str, language: str = "zh-hans") -> Letter:
    """Write the letter `templates/letters/<kind>.txt` (subject, an empty line, the text) to one address.

    The same `key` writes once: asked again, the first letter is returned. Without an address it is kept for the
    operator. Names of clients never stand in a letter.
    """
    letter = _letter(Draft(to, kind, context, key, language))
    with transaction.atomic():
        fields = ("kind", "to", "language", "subject", "body", "state")
        letter, is_new = Letter.objects.get_or_create(
            key=key, defaults={name: getattr(letter, name) for name in fields}
        )
        if is_new and to:
            transaction.on_commit(lambda: tasks.send.delay(letter=letter.ref))
    return letter


def write_many(drafts: Iterable[Draft]) -> None:
    """Write many letters in one query; those whose key was written before stay as they are.

    They go out once the transaction is true, taken up by `send_waiting`.
    """
    if letters := [_letter(draft) for draft in drafts]:
        Letter.objects.bulk_create(letters, ignore_conflicts=True)
        transaction.on_commit(lambda: tasks.send_waiting.delay())


def _letter(draft: Draft) -> Letter:
    with translation.override(draft.language):
        page = get_template(f"letters/{draft.kind}.txt").template  # type: ignore[attr-defined]  # Django's own engine
        text = page.render(Context(dict(draft.context), autoescape=False)).strip()  # a mail is no HTML
    subject, _gap, body = text.partition("\n")
    return Letter(
        key=draft.key,
        kind=draft.kind,
        to=draft.to,
        language=draft.language,
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        body=body.strip() + "\n",
        state=Letter.State.WAITING if draft.to else Letter.State.KEPT,
    )
