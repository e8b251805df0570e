"""Tell people what happened, inside the transaction of the act itself.

`tell` writes where we stand: an agency's notifications into its own schema, those of the shared host into the shared
one. Two ways lead across: `tell_agency` from the shared floor into an agency, `tell_shared` from an agency to officers
and supervisors. Nothing is sent here: mails and channels follow within a minute (notifications/tasks.py), so an act
waits for nobody and one that is rolled back has told nobody.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction

from accounts.access import area_prefix
from accounts.models import FloorRole, User
from accounts.permissions import Permission
from accounts.roles import ALL as ROLES
from common.notifications.models import StoredNotification
from notifications import words as public_words
from notifications.kinds import AGENCY, BY_CODE, SHARED
from notifications.models import Notification
from notifications.queries import is_in_agency, model
from notifications.queries import unread_of as unread_of
from tenants.models import Membership, Tenant
from tenants.running import in_tenant

ROWS_A_QUERY: Final = 1_000


def tell(
    *, kind: str, to: Iterable[User | str], about: str, args: Sequence[str] = (), by: User | None = None, **words: Any
) -> int:
    """Tell people who sign in where we stand; return how many. Whoever did the act is not told of it.

    :param to: users, or their refs; each is told once.
    :param about: what it is of, as app.noun:ref.
    :param args: what the kind's page takes.
    :param words: what stands in the kind's sentence: refs, numbers, days and public names.
    :raises notifications.words.NotPublic: for any other word.
    """
    return _write(model(), AGENCY if is_in_agency() else SHARED, kind, to, about, args, by, words)


def tell_shared(
    *, kind: str, to: Iterable[User | str], about: str, args: Sequence[str] = (), by: User | None = None, **words: Any
) -> int:
    """Tell people who sign in on the shared host, from wherever we stand. The rest is as in `tell`."""
    return _write(Notification, SHARED, kind, to, about, args, by, words)


def tell_agency(
    *,
    kind: str,
    agency: str,
    about: str,
    args: Sequence[str] = (),
    to: Iterable[User | str] | None = None,
    holding: Permission | None = None,
    by: User | None = None,
    **words: Any,
) -> int:
    """Tell an agency's people from the shared floor, or in the agency itself. The rest is as in `tell`.

    An agency whose tables are not there (not built yet, deleted) is told nothing; one that was suspended finds it.

    :param agency: its slug.
    :param to: its people, or None for all its members `holding` a permission.
    """
    tenant = Tenant.objects.exclude(state__in=[Tenant.State.PROVISIONING, Tenant.State.DELETED]).filter(slug=agency)
    row = tenant.first()
    if row is None:
        return 0
    people = members(agency, holding) if to is None and holding is not None else list(to or ())
    with in_tenant(row):
        return tell(kind=kind, to=people, about=about, args=args, by=by, **words)


def members(agency: str, permission: Permission) -> list[str]:
    """Return the refs of an agency's members who hold a permission."""
    roles = [role.slug for role in ROLES if permission in role.permissions]
    rows = Membership.objects.filter(
        tenant__slug=agency, is_active=True, user__is_active=True, roles__overlap=roles
    ).order_by("user_id")
    return list(rows.values_list("user__ref", flat=True))


def officers(permission: Permission, area: str = "") -> list[str]:
    """Return the refs of who holds a permission on the shared host and, where `area` is given, reaches that division.

    Who holds it without any area reaches none, as on every page (accounts/access.py).
    """
    roles = [role.slug for role in ROLES if permission in role.permissions]
    rows = FloorRole.objects.filter(role__in=roles, user__is_active=True).order_by("user_id")
    held = rows.values_list("user__ref", "area")
    return list(dict.fromkeys(ref for ref, code in held if not area or (code and area.startswith(area_prefix(code)))))


@transaction.atomic
def _write(
    rows: type[StoredNotification],
    host: str,
    kind: str,
    to: Iterable[User | str],
    about: str,
    args: Sequence[str],
    by: User | None,
    words: dict[str, Any],
) -> int:
    asked = BY_CODE[kind]
    if host not in asked.pages or words.keys() != asked.words:
        raise public_words.NotPublic(f"{kind} on the {host} host with {sorted(words)}")
    kept = public_words.checked(words)
    refs = dict.fromkeys(one.ref if isinstance(one, User) else one for one in to)
    if by is not None:
        refs.pop(by.ref, None)
    made = rows._default_manager.bulk_create(
        (rows(user=ref, kind=kind, about=about, args=list(args), words=kept) for ref in refs), batch_size=ROWS_A_QUERY
    )
    return len(made)


def told_lately(kind: str, about: Iterable[str], since: dt.datetime) -> set[str]:
    """Return those of `about` of which somebody was told by this kind since a moment, where we stand."""
    rows = model()._default_manager.filter(kind=kind, about__in=list(about), told_at__gte=since)
    return set(rows.values_list("about", flat=True))
