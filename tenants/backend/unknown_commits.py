"""Commits of which nobody knows whether they are kept: listed, and looked up once the database answers again.

A row is written beside what is lost, as well as can be: where even that fails, the log has its line. A page or call
that was sent with a key keeps its answer in the transaction of its act (idempotency.py), so a kept answer proves that
the act is kept, and a missing one that it is not. What left no such proof is settled by a person.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Final

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from api_access.idempotency import KEPT, answers, digest_of
from audit import log
from common.refs import ALPHABET, LENGTH
from common.refusals import Conflict
from tenants.backend.live import CommitUnknown, Unconfirmed
from tenants.models import Tenant, UnknownCommit
from tenants.places import PUBLIC, Place
from tenants.running import current, in_public, standing_at

logger = logging.getLogger(__name__)
State = UnknownCommit.State
REF: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
TELLING: Final = ("ref", "number", "slug")  # what else stands in an address may be typed, or open a door
SURELY_KEPT: Final = KEPT - timedelta(days=1)
PATIENCE: Final = "200ms"  # so long at most others wait behind a question


class Settled(Conflict):
    """What became of it is known already."""


def note_request(error: CommitUnknown, request: HttpRequest) -> None:
    """Write down a page or a call that ended so: its name and the refs in its address, never what was typed."""
    match = request.resolver_match
    named = {} if match is None else match.kwargs
    objects = [str(value) for name, value in named.items() if name in TELLING or REF.fullmatch(str(value))]
    is_call = request.path_info.startswith("/api/")
    _note(
        error, kind=UnknownCommit.Kind.CALL if is_call else UnknownCommit.Kind.PAGE,
        what=f"{request.method} {match.view_name if match else ''}", objects=" ".join(objects),
        user=getattr(getattr(request, "user", None), "ref", ""), key=getattr(request, "kept_under", ""),
    )  # fmt: skip


@contextmanager
def task_noted(name: str) -> Iterator[None]:
    """Write a task down if it ends so."""
    try:
        yield
    except CommitUnknown as error:
        _note(error, kind=UnknownCommit.Kind.TASK, what=name)
        raise


def note_command(error: Exception, name: str) -> None:
    if isinstance(error, CommitUnknown):
        _note(error, kind=UnknownCommit.Kind.COMMAND, what=name)


def _note(error: CommitUnknown, *, kind: str, what: str, objects: str = "", user: str = "", key: str = "") -> None:
    logger.critical("nobody knows whether this was kept: %s %s", what, objects)
    place = current()
    try:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        with nullcontext() if place else in_public(), transaction.atomic():
            with connection.cursor() as cursor:  # the standby that is away must not hold this row up too
                cursor.execute("SET LOCAL synchronous_commit = local")
            UnknownCommit.objects.create(
                agency=place.slug if place else "", kind=kind, what=what[:100], objects_named=objects[:200], user=user,
                key=key, reason=UnknownCommit.Reason.STANDBY if isinstance(error, Unconfirmed)
                else UnknownCommit.Reason.LOST,
            )  # fmt: skip
    except Exception as trouble:  # whoever asked is answered, whatever became of the list
        logger.critical("it stands in no list: %s", type(trouble).__name__)


def reconcile() -> int:
    """Look up what became of the listed commits that carried a key; return of how many that is known now.

    A finding is written after a commit that the standby confirmed: what was seen before it is then there as well.

    :raises CommitUnknown: while the standby is still away.
    """
    found = 0
    for row in UnknownCommit.objects.filter(state=State.UNKNOWN, at__gt=Now() - SURELY_KEPT).exclude(key=""):
        place = _place_of(row)
        is_stored = _is_stored(row, place) if place else None
        if is_stored is None:
            continue
        UnknownCommit.objects.filter(pk=row.pk).update(looked_at=Now())
        with transaction.atomic():
            state = State.STORED if is_stored else State.NOT_STORED
            if UnknownCommit.objects.filter(pk=row.pk, state=State.UNKNOWN).update(state=state, found_at=Now()):
                log.write("tenants.unknown_commit.found", on=row, by=None, state=state)
                found += 1
    return found


@transaction.atomic
def settle(*, unknown: UnknownCommit, note: str, by: User) -> None:
    """Write down what a person found out.

    :raises Settled: once it is known.
    """
    row = UnknownCommit.objects.select_for_update().get(pk=unknown.pk)
    if row.state != State.UNKNOWN:
        raise Settled(_("这一条已经有结果了。"))
    UnknownCommit.objects.filter(pk=row.pk).update(state=State.SETTLED, note=note, settled_by=by, found_at=Now())
    log.write("tenants.unknown_commit.settled", on=row, by=by)


def _place_of(row: UnknownCommit) -> Place | None:
    if not row.agency:
        return PUBLIC
    kept = Tenant.objects.exclude(state__in=[Tenant.State.PROVISIONING, Tenant.State.DELETED])
    tenant = kept.filter(slug=row.agency).first()
    return tenant.place if tenant else None


def _is_stored(row: UnknownCommit, place: Place) -> bool | None:
    """Tell whether the answer is kept; None while somebody may still be writing it.

    A transaction whose client is gone may yet end well. It has written its key, so a lock that does not go with
    writing is given once it has ended.
    """
    try:
        with standing_at(place), transaction.atomic():
            rows = answers()
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                cursor.execute(f"LOCK TABLE {rows.model._meta.db_table} IN SHARE MODE")
            mine = rows.filter(user=row.user, status__isnull=False).values_list("user", "path", "key")
            return any(digest_of(*each) == row.key for each in mine)
    except OperationalError as busy:
        if isinstance(busy, CommitUnknown) or getattr(busy.__cause__, "sqlstate", "") != "55P03":
            raise
        return None
