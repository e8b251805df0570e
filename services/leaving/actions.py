"""Ask for a full export, prepare it, hand it over, let go of it after its days."""

import datetime as dt
import logging
import zipfile
from tempfile import NamedTemporaryFile
from typing import Any, Final

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.dates import local_day
from common.files.sealed_files import SealedReader, SealedWriter
from common.refusals import Conflict
from services.funds.models import Fund
from services.journal import log
from services.leaving import archive as leaving_archive
from services.leaving import dictionary, ledgers, tables
from services.leaving.models import Export
from tenants.keys import data_key
from tenants.models import Tenant
from tenants.running import current_slug
from tenants.storage import all_files

logger = logging.getLogger(__name__)
KEPT_FOR: Final = dt.timedelta(days=7)  # the page says so
FOLDER: Final = "exports"
PROGRESS_SECONDS: Final = 24 * 3600  # longer than the longest export; then the cache lets go of it
State = Export.State


class ExportRunning(Conflict):
    """One export is being prepared already."""


class CannotHandOver(Conflict):
    """The export is not ready, or its days are over."""


@transaction.atomic
def ask(*, reason: str, by: User) -> Export:
    """Ask for a full export; it is prepared in the background. Logged before anything is read.

    :raises ExportRunning: while another one is being prepared.
    """
    # Nothing to lock yet where no export exists: two clicks at once would both see none.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|export"])
    if Export.objects.filter(state=State.WAITING).exists():
        raise ExportRunning(_("已有一份导出正在准备，请等它完成。"))
    export = Export.objects.create(asked_by=by.ref, reason=reason.strip())
    log.write("leaving.export.asked", on=export, by=by)
    return export


def prepare(ref: str) -> bool:
    """Make the file of a waiting export; safe to do twice, at once and after a crash. Returns whether it made one.

    Everything is read from one snapshot. Who else prepares the same export holds its row, and is left to it.
    """
    tenant = Tenant.objects.get(slug=current_slug())
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if outermost:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            waiting = Export.objects.select_for_update(skip_locked=True).filter(ref=ref, state=State.WAITING).first()
            if waiting is None:
                return False
            _make(waiting, tenant)
    except Exception:
        logger.exception("export %s of %s", ref, tenant.slug)
        Export.objects.filter(ref=ref, state=State.WAITING).update(state=State.FAILED, done_at=timezone.now())
        return False
    return True


def _make(export: Export, tenant: Tenant) -> None:
    name = f"{FOLDER}/{export.ref}.sealed"
    with NamedTemporaryFile(suffix=".sealed") as file:
        sealed = SealedWriter(file, data_key(), export.ref)
        digest = leaving_archive.CountingFile(sealed)  # type: ignore[arg-type]  # takes bytes like any file
        with zipfile.ZipFile(digest, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            package = leaving_archive.Package(archive)
            _fill(package, export, tenant)
        sealed.close()
        file.flush()
        file.seek(0)
        if default_storage.exists(name):  # left by a run that was killed before it could say so
            default_storage.delete(name)
        export.file = default_storage.save(name, File(file))
    now = timezone.now()
    export.size, export.digest = digest.size, digest.digest.hexdigest()
    export.counts, export.rows = package.counts, sum(package.counts.values())
    export.state, export.done_at, export.expires_at = State.READY, now, now + KEPT_FOR
    export.save()
    log.write("leaving.export.made", on=export, by=None, rows=export.rows, size=export.size)


def _fill(package: leaving_archive.Package, export: Export, tenant: Tenant) -> None:
    exported = tables.tables()
    funds = list(Fund.objects.order_by("code"))
    steps = _Progress(export.ref, len(exported) + len(funds) + 1)
    for table in exported:
        leaving_archive.write_table(package, table, tenant, steps.rows)
        steps.done()
    for fund in funds:
        for name, paper in ledgers.parts(fund, local_day(export.asked_at)):
            package.put(name, paper)
        steps.done()
    for name in all_files(default_storage, but={FOLDER}):
        with default_storage.open(name) as source:
            package.copy(f"files/{name}", source)
    package.put("dictionary.csv", dictionary.as_csv(exported))
    package.put("dictionary.html", dictionary.as_html(exported, tenant.name))
    about = {"agency": tenant.slug, "name": tenant.name, "export": export.ref, "made_at": timezone.now().isoformat()}
    leaving_archive.write_manifest(package, about)
    steps.done()


class _Progress:
    """How far the work is, for the page that waits: in the cache, for its own transaction is not seen outside."""

    def __init__(self, ref: str, of: int) -> None:
        self._progress = {"done": 0, "of": of, "rows": 0}
        self._key = _key(ref)
        self._save()

    def done(self) -> None:
        self._progress["done"] += 1
        self._save()

    def rows(self, rows: int) -> None:
        self._progress["rows"] += rows
        if rows >= leaving_archive.ROWS_BETWEEN_REPORTS:
            self._save()

    def _save(self) -> None:
        cache.set(self._key, self._progress, PROGRESS_SECONDS)


def progress(export: Export) -> dict[str, Any]:
    """Return how far a waiting export is: {"done", "of", "rows"}; `of` is 0 before the work began."""
    return cache.get(_key(export.ref)) or {"done": 0, "of": 0, "rows": 0}


def resume() -> int:
    """Take up every export of this agency that waits; return how many were made."""
    return sum(prepare(ref) for ref in Export.objects.filter(state=State.WAITING).values_list("ref", flat=True))


def hand_over(*, export: Export, by: User, now: dt.datetime) -> SealedReader:
    """Return the file's clear bytes block by block, after it was logged that they are handed over.

    :raises CannotHandOver: if the export is not ready or its days are over.
    """
    with transaction.atomic():
        locked = Export.objects.select_for_update().get(pk=export.pk)
        if locked.state != State.READY or locked.expires_at is None or locked.expires_at <= now:
            raise CannotHandOver(_("这份导出不能下载：还没有做好，或已过保留期。请重新申请。"))
        locked.handed_over += 1
        locked.save(update_fields=["handed_over"])
        log.write("leaving.export.handed_over", on=locked, by=by)
    return SealedReader(default_storage.open(locked.file), data_key(), locked.ref)


def remove_expired(now: dt.datetime) -> int:
    """Delete the files whose days are over; return how many went. May run twice."""
    gone = 0
    for export in Export.objects.filter(state=State.READY, expires_at__lte=now):
        default_storage.delete(export.file)
        Export.objects.filter(pk=export.pk).update(state=State.REMOVED, file="")
        log.write("leaving.export.removed", on=export, by=None)
        gone += 1
    return gone


def _key(ref: str) -> str:
    return f"export|{ref}"
