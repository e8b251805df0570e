"""Merge two files of one person: the files, and what was granted to both."""

from decimal import Decimal

from django.db import transaction

from accounts.models import User
from services.clients import actions as clients
from services.clients.models import Client
from services.grants.guards import limits
from services.journal import log


@transaction.atomic
def merge(*, keep: Client, duplicate: Client, by: User) -> Decimal:
    """Merge a duplicate file into the one that is kept; return how much now stands over the caps, in yuan.

    :raises services.clients.actions.CannotMerge: for one and the same file, or one that was merged already.
    """
    clients.merge_files(keep=keep, duplicate=duplicate, by=by)
    over = limits.fold(kept=keep, duplicate=duplicate)
    log.write("grants.limits.folded", on=keep, by=by, duplicate=duplicate.ref, over=str(over))
    return over
