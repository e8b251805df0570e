"""What a person does with their notifications: read, put back to unread, choose how they are told."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from common.notifications.models import Mail
from notifications.queries import switch_model, told


def mark_read(*, by: User, refs: Sequence[str] | None = None) -> int:
    """Mark one's notifications as read, all of them or those with these refs; return how many were unread."""
    rows = told(by.ref).filter(read_at=None)
    return (rows if refs is None else rows.filter(ref__in=refs)).update(read_at=Now())


def mark_unread(*, by: User, since: str) -> int:
    """Put back what was read together with the notification `since` (a ref): the undo of `mark_read`."""
    rows = told(by.ref)
    return rows.filter(read_at__in=rows.filter(ref=since).values("read_at")).update(read_at=None)


@transaction.atomic
def choose(*, by: User, chosen: Mapping[str, tuple[Mail, bool]]) -> None:
    """Keep when each kind is mailed to a person, and whether it goes to the channel too."""
    model = switch_model()
    model._default_manager.bulk_create(
        (model(user=by.ref, kind=kind, mail=mail, channel=channel) for kind, (mail, channel) in chosen.items()),
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["mail", "channel"],
    )
