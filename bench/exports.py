"""Long lists as files: how long asking for one holds a web thread, and how much memory writing one takes."""

import tracemalloc
from collections.abc import Callable

from django.conf import settings

from accounts.models import User
from bench.ground import Row, at_least, seconds
from bench.lists import PASSWORD, browser_of, fill_records, furnish
from common.files import workbook
from common.pages.list_sheet import Sheet
from directory.loading import load, within
from list_files import actions as list_files
from list_files.rendering import sheet_of
from services.journal.models import ListFile
from tenants.agencies.actions import give_roles, open_agency
from tenants.running import in_public, in_tenant

ADDRESS = "/records/?export=xlsx"
ROWS = 12_000


def measure() -> list[Row]:
    """Return the seconds of asking against writing at once, and the bytes of writing in pieces against all at once."""
    with in_public():
        load(within(["370102"]))
        tenant = open_agency(slug="bench-exports", name="导出")
        user = User.objects.create_user("bench-exports", PASSWORD)
        give_roles(user=user, tenant=tenant, roles=["agency_director"], by=None)
    with in_tenant(tenant):
        site, worker = furnish()
    fill_records(tenant, site, worker, 0, ROWS)
    browser = browser_of(tenant, user)
    asking = seconds(lambda: browser.post("/list-files/ask/", {"address": ADDRESS}))
    settings.EXPORT_AT_ONCE = 50_000
    at_once = seconds(lambda: browser.get(ADDRESS))
    with in_tenant(tenant):
        assert ListFile.objects.get().rows == ROWS
        assert list_files.take_up() == 1
        sheet = sheet_of(user, ADDRESS, "")
        ours, theirs = _peak(lambda: sheet.book()), _peak(lambda: _all_at_once(sheet))
    return [
        at_least("export_12000_rows_seconds_of_a_web_thread_asked_vs_at_once", asking, at_once, 10),
        at_least("export_12000_rows_bytes_in_pieces_vs_all_rows", ours, theirs, 1.5),
    ]


def _all_at_once(sheet: Sheet) -> None:
    records = list(sheet.visible.all()) if sheet.visible is not None else []
    workbook.written(sheet.heads, [sheet.cells(record) for record in records])


def _peak(work: Callable[[], object]) -> float:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float(peak)
