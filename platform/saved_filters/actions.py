"""A person's named filters of the lists of the host we are on."""

import datetime as dt
from typing import Final

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.pages.saved_filters import LONGEST_NAME, LONGEST_QUERY, StoredFilter
from common.refusals import Refused
from tenants.running import current

MOST: Final = 12  # for one list: they stand above it as a row of buttons
KEPT_AFTER_REMOVAL: Final = dt.timedelta(days=30)
NEVER_KEPT: Final = ("q", "page", "size", "export")  # the words of a search are often a name


class CannotSaveFilter(Refused):
    """No name or too long a one, nothing to keep, or too many filters already."""


def saved_filters(*, page: str, of: User) -> "QuerySet[StoredFilter]":
    """Return the person's filters of the list at the URL name `page`, the oldest first."""
    return _model()._default_manager.filter(user=of.ref, page=page, removed_at=None)


def save_filter(*, page: str, name: str, query: str, by: User) -> StoredFilter:
    """Keep a filter under a name; the same name again says it anew. The words of a search are left out.

    :raises CannotSaveFilter: with the reasons.
    """
    name, criteria = name.strip(), _criteria(query)
    mine = saved_filters(page=page, of=by)
    with transaction.atomic():
        earlier = mine.select_for_update().filter(name=name).first()
        if problems := _problems(name, criteria, mine.count() if earlier is None else 0):
            raise CannotSaveFilter(problems)
        saved = earlier or _model()(user=by.ref, page=page, name=name)
        saved.query, saved.saved_at = criteria, timezone.now()
        try:
            with transaction.atomic():
                saved.save()
        except IntegrityError:
            raise CannotSaveFilter(_("已有同名的筛选。")) from None
    return saved


def own_filter(*, ref: str, of: User) -> StoredFilter | None:
    """Return one of the person's filters, also a removed one; None if there is no such."""
    return _model()._default_manager.filter(user=of.ref, ref=ref).first()


def remove_filter(*, saved: StoredFilter, by: User) -> None:
    """Take a filter out of sight for thirty days, and those removed before that away. Twice is once."""
    now = timezone.now()
    _model()._default_manager.filter(user=by.ref, removed_at__lt=now - KEPT_AFTER_REMOVAL).delete()
    _model()._default_manager.filter(pk=saved.pk, removed_at=None).update(removed_at=now)


def restore_filter(*, saved: StoredFilter) -> None:
    """Bring a removed filter back.

    :raises CannotSaveFilter: if another has its name by now.
    """
    try:
        with transaction.atomic():
            _model()._default_manager.filter(pk=saved.pk).update(removed_at=None)
    except IntegrityError:
        raise CannotSaveFilter(_("已有同名的筛选。")) from None


def _problems(name: str, query: str, others: int) -> list[str]:
    problems = []
    if not 1 <= len(name) <= LONGEST_NAME:
        problems.append(_("请给筛选起一个名称（最多 %(n)d 字）。") % {"n": LONGEST_NAME})
    if not query:
        problems.append(_("还没有筛选条件可以保存；关键词不会保存。"))
    elif len(query) > LONGEST_QUERY:
        problems.append(_("筛选条件太长，不能保存。"))
    if others >= MOST:
        problems.append(_("每个列表最多保存 %(n)d 个筛选，请先删除不用的。") % {"n": MOST})
    return problems


def _criteria(query: str) -> str:
    """Return the query in the order in which lists tell theirs, without words, pages and what is empty."""
    given = QueryDict(query[: LONGEST_QUERY * 4])
    kept = QueryDict(mutable=True)
    for name, values in sorted(given.lists()):
        if name not in NEVER_KEPT:
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def _model() -> type[StoredFilter]:
    place = current()
    in_agency = place is not None and not place.is_public
    return apps.get_model("journal" if in_agency else "accounts", "SavedFilter")
