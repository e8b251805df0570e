"""Long lists as files: asked for, written by the worker, handed to who asked, let go of after three days."""

import datetime as dt
import hmac
import logging
from hashlib import sha256
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.files.sealed_files import SealedReader, SealedWriter
from common.pages.list_files import StoredListFile
from common.pages.list_sheet import Sheet
from common.refusals import Conflict
from common.sealing import seal, unseal
from list_files.rendering import NotOpen, sheet_of
from tenants.keys import data_key
from tenants.running import current

logger = logging.getLogger(__name__)
KEPT: Final = dt.timedelta(days=3)
REMEMBERED: Final = dt.timedelta(days=30)
FOLDER: Final = "exports/lists"  # below exports/, which full exports of an agency leave out
MOST_WAITING: Final = 3  # of one person: one worker serves everybody
MOST_TRIES: Final = 3  # a list that kills its worker three times is given up
ROWS_BETWEEN_REPORTS: Final = 500
PROGRESS_SECONDS: Final = 24 * 3600
SHARED_KEY: Final = b"files of lists of the shared floor"
State, Trouble = StoredListFile.State, StoredListFile.Trouble


class TooManyWaiting(Conflict):
    """This person's other files are still being made."""


class CannotHandOver(Conflict):
    """The file is not ready, its days are over, or it holds what this person may no longer see."""


def files_of(user: User) -> "QuerySet[StoredListFile]":
    """Return the files this person asked for on this host, the latest first."""
    return model()._default_manager.filter(user=user.ref)


def ask(*, address: str, by: User) -> StoredListFile:
    """Have the list at `address` written as a file for `by`; asked again while that is under way, return that one.

    :raises NotOpen: if there is no such list here, or it is not open to the person.
    :raises TooManyWaiting: while three other files of the person are being made.
    """
    sheet = sheet_of(by, address, _("这里没有可以导出的清单，或您不能查看它。"))
    alike = hmac.new(_key(), address.encode(), sha256).hexdigest()
    waiting = files_of(by).filter(state=State.WAITING)
    if running := waiting.filter(address_hash=alike).first():
        return running
    if waiting.count() >= MOST_WAITING:
        raise TooManyWaiting(_("您已有 %(n)d 份清单正在准备，请等其中一份完成。") % {"n": MOST_WAITING})
    list_file = model()(
        user=by.ref, title=sheet.title[:120], address_hash=alike, language=translation.get_language(), rows=sheet.total
    )
    list_file.address_sealed = seal(_key(), address, _bound(list_file))
    try:
        with transaction.atomic():
            list_file.save()
            if sheet.told:
                sheet.told()
    except IntegrityError:  # two clicks at the same moment
        return waiting.get(address_hash=alike)
    return list_file


def write(ref: str) -> bool:
    """Write a file that waits; safe to do twice, at once and after a crash. Returns whether it was written.

    Who else writes the same file holds its row, and is left to it. A worker that dies leaves it waiting for the sweep.
    """
    rows = model()._default_manager.filter(ref=ref, state=State.WAITING)
    with transaction.atomic():
        begun = rows.select_for_update(skip_locked=True).first()
        if begun is None:
            return False
        rows.update(tries=F("tries") + 1)
        if begun.tries >= MOST_TRIES:
            _fail(rows, Trouble.KILLED)
            return False
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if outermost:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            waiting = rows.select_for_update(skip_locked=True).first()
            if waiting is None:
                return False
            _make(waiting)
    except OperationalError as error:  # the database went away or another worker was faster: the sweep looks again
        logger.warning("the list %s waits for its sweep: %s", ref, type(error).__name__)
        return False
    except NotOpen:
        _fail(rows, Trouble.DENIED)
        return False
    except Exception:
        logger.exception("list %s", ref)
        _fail(rows, Trouble.BROKEN)
        return False
    return True


def _make(waiting: StoredListFile) -> None:
    with translation.override(waiting.language):
        sheet = _sheet(waiting, User.objects.filter(ref=waiting.user, is_active=True).first())
        progress = _Progress(waiting.ref)
        book = sheet.book(progress.met).getbuffer()
    name = f"{FOLDER}/{waiting.ref}.sealed"
    file = ContentFile(b"")
    sealed = SealedWriter(file, _key(), waiting.ref)
    sealed.write(book)
    sealed.close()
    file.seek(0)
    if default_storage.exists(name):  # left by a run that was killed before it could say so
        default_storage.delete(name)
    waiting.file, waiting.size = default_storage.save(name, file), sealed.size
    waiting.rows, waiting.held = progress.rows, progress.held if sheet.visible is not None else []
    now = timezone.now()
    waiting.state, waiting.done_at, waiting.expires_at = State.READY, now, now + KEPT
    waiting.save(update_fields=["file", "size", "rows", "held", "state", "done_at", "expires_at"])


def _sheet(list_file: StoredListFile, user: User | None) -> Sheet:
    refusal = _("您已不能查看这份清单。")
    if user is None or not list_file.address_sealed:
        raise NotOpen(refusal)
    return sheet_of(user, unseal(_key(), bytes(list_file.address_sealed), _bound(list_file)), refusal)


def _fail(rows: "QuerySet[StoredListFile]", trouble: str) -> None:
    rows.update(state=State.FAILED, trouble=trouble, done_at=timezone.now(), address_sealed=None)


class _Progress:
    """Counts the rows, for the page that waits. Kept in the cache: the work's own transaction is not seen outside."""

    def __init__(self, ref: str) -> None:
        self.rows = 0
        self.held: list[int] = []
        self._key = _progress_key(ref)

    def met(self, record: Any) -> None:
        self.rows += 1
        self.held.append(getattr(record, "pk", 0))
        if self.rows % ROWS_BETWEEN_REPORTS == 0:
            cache.set(self._key, self.rows, PROGRESS_SECONDS)


def written_rows(list_file: StoredListFile) -> int:
    """Return how many rows of a waiting file are written."""
    return int(cache.get(_progress_key(list_file.ref)) or 0)


def take_up() -> int:
    """Write every file of this place that waits; return how many were written."""
    waiting = model()._default_manager.filter(state=State.WAITING).order_by("pk").values_list("ref", flat=True)
    return sum(write(ref) for ref in list(waiting))


def hand_over(*, list_file: StoredListFile, by: User, now: dt.datetime) -> SealedReader:
    """Return the file's clear bytes block by block, after it was logged that they are handed over.

    :raises NotOpen: if the list is no longer open to the person.
    :raises CannotHandOver: if it is not ready, its days are over, or a row in it is no longer open to the person.
    """
    with transaction.atomic():
        locked = files_of(by).select_for_update().get(pk=list_file.pk)
        if locked.state != State.READY or locked.expires_at is None or locked.expires_at <= now:
            raise CannotHandOver(_("这份文件不能下载：还没有做好，或已过保留期。请回到清单重新导出。"))
        visible = _sheet(locked, by).visible
        if visible is not None and _seen(visible, locked.held) < len(set(locked.held)):
            raise CannotHandOver(_("这份文件里有您现在不能查看的内容，不能下载。请回到清单重新导出。"))
        try:
            sealed = default_storage.open(locked.file)
        except FileNotFoundError:
            raise CannotHandOver(_("这份文件已不在了，请回到清单重新导出。")) from None
        model()._default_manager.filter(pk=locked.pk).update(handed_over=F("handed_over") + 1)
        log.write("tenants.listfile.handed_over", on=locked, by=by, tenant=_slug(), rows=locked.rows)
    return SealedReader(sealed, _key(), locked.ref)


def _seen(visible: "QuerySet[Any]", keys: list[int]) -> int:
    return visible.order_by().filter(pk__in=keys).values("pk").distinct().count()


def remove_expired(now: dt.datetime) -> int:
    """Delete the files of this place whose days are over, and after a month what is known of them.

    Returns how many files went. May run twice.
    """
    rows = model()._default_manager
    gone = 0
    for list_file in rows.filter(state=State.READY, expires_at__lte=now):
        default_storage.delete(list_file.file)
        rows.filter(pk=list_file.pk).update(state=State.REMOVED, file="", held=[], address_sealed=None)
        gone += 1
    rows.filter(state__in=[State.REMOVED, State.FAILED], asked_at__lt=now - REMEMBERED).delete()
    return gone


def model() -> type[StoredListFile]:
    """Return the table of the place we are in: the agency's own, or the shared floor's."""
    return apps.get_model("journal" if _slug() else "accounts", "ListFile")


def _key() -> bytes:
    """Return the agency's data key; on the shared floor one made of the master key and used for nothing else."""
    return data_key() if _slug() else hmac.new(settings.MASTER_KEY, SHARED_KEY, sha256).digest()


def _slug() -> str:
    place = current()
    return place.slug if place and not place.is_public else ""


def _bound(list_file: StoredListFile) -> str:
    return f"listfile|{list_file.ref}|address"


def _progress_key(ref: str) -> str:
    return f"list-file|{ref}"
