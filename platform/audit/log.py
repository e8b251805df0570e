"""Write a line into the shared floor's log, in the transaction of the act itself."""

from typing import Any

from accounts.models import User
from audit.models import AuditEntry


def write(act: str, *, on: Any, by: User | None, **details: Any) -> AuditEntry:
    """Log `act` (app.noun.past) on the object `on` (anything with a ref). Details: refs, numbers, states; no names."""
    return AuditEntry.objects.create(
        act=act,
        actor=by.ref if by else "",
        object_kind=type(on).__name__.lower(),
        object_ref=str(getattr(on, "ref", getattr(on, "pk", ""))),
        details=details,
    )
