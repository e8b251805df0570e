"""Write a line into the agency's log, in the transaction of the act itself."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from services.journal.models import JournalEntry


def write(act: str, *, on: Any, by: AbstractBaseUser | None, **details: Any) -> JournalEntry:
    """Log `act` (app.noun.past) on `on`. Details hold refs, numbers and states, never a name or free text."""
    return JournalEntry.objects.create(
        act=act,
        actor=getattr(by, "ref", ""),
        object_kind=type(on).__name__.lower(),
        object_ref=str(getattr(on, "ref", getattr(on, "pk", ""))),
        details=details,
    )
