"""AT-26: every page that takes a file, against every file that is made to hurt. Nothing is half-written."""

import ast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from common.files import proofs, sheets, workbook
from config.middleware import LARGEST_BODY
from config.sources import ROOT, python_files
from services.funds.models import BankImport
from services.network.models import Site
from services.people.models import StaffInvitation
from tenants.running import in_tenant
from tests.bombs import BOMBS, changed, table
from tests.cast import signed_in
from tests.services.funds.treasury import Treasury
from tests.workroom import Workroom

STATIONS, COLLEAGUES, BANK = "/start/stations/sheet/", "/members/invitations/new/", "bank"
PAGES = (STATIONS, COLLEAGUES, BANK)
QUICK = ("far cell in an odd part", "entities", "nothing but commas")
NAMES = ["𠮷田", "㛃", "䶮", "买买提·吐尔逊", "阿卜杜拉‧穆罕默德・" * 5, "葛\U000e0100城", "cafe\u0301", "caf\u00e9"]


@pytest.fixture
def pages(north_room: Workroom, funded: Treasury) -> dict[str, tuple[Client, str]]:
    """Each page that takes a file: who may use it and where it stands."""
    director = signed_in(north_room.director, north_room.host)
    bank = (signed_in(funded.qian, north_room.host), f"/funds/{funded.fund.ref}/bank/import/")
    return {STATIONS: (director, STATIONS), COLLEAGUES: (director, COLLEAGUES), BANK: bank}


def upload(browser: Client, path: str, data: bytes) -> tuple[int, str]:
    answer = browser.post(path, {"file": SimpleUploadedFile("表.xlsx", data), "role": "worker"})
    return answer.status_code, answer.content.decode()


def refused(north_room: Workroom, pages: dict[str, tuple[Client, str]], page: str, names: tuple[str, ...]) -> None:
    with in_tenant(north_room.tenant):
        sites = Site.objects.count()
    for name in names:
        status, text = upload(*pages[page], BOMBS[name]())
        assert 400 <= status < 500, name
        assert "。" in text
    with in_tenant(north_room.tenant):
        assert Site.objects.count() == sites
        assert not BankImport.objects.exists()
        assert not StaffInvitation.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_bombs(north_room: Workroom, pages: dict[str, tuple[Client, str]], page: str) -> None:
    refused(north_room, pages, page, QUICK)


@pytest.mark.nightly
@pytest.mark.parametrize("page", PAGES)
def test_a_page_refuses_every_bomb(north_room: Workroom, pages: dict[str, tuple[Client, str]], page: str) -> None:
    refused(north_room, pages, page, tuple(BOMBS))


def test_no_page_that_takes_a_file_is_forgotten() -> None:
    """A new form with a file, or a new reader of request.FILES, comes into the matrix above."""
    forms, views = set(), set()
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("FileField", "ImageField", "MultiPartParser"):
                forms.add(str(path.relative_to(ROOT)))
            if isinstance(node, ast.Attribute) and node.attr == "FILES":
                views.add(str(path.relative_to(ROOT)))
    assert forms == {
        "services/start/forms.py", "services/people/invitations/forms.py", "services/funds/bank/forms.py",
        # Photos and papers: tests/platform/contracts/marks/test_proofs.py.
        "platform/common/files/proof_forms.py",
        # A score's own file, read as bytes up to a bound: tests/platform/contracts/publishing/test_verifying.py.
        "platform/contracts/publishing/forms.py",
    }  # fmt: skip
    assert views == {
        "services/start/views.py", "services/people/invitations/views.py", "services/funds/bank/views.py",
        "platform/contracts/marks/views.py", "platform/contracts/appeals/agency_views.py",
        "platform/contracts/publishing/public_views.py",
        # These only ask whether there was one.
        "billing/middleware.py", "platform/accounts/middleware.py", "platform/config/web/error_views.py",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_too_many_files_at_once_are_asked_to_come_again(
    pages: dict[str, tuple[Client, str]], page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(data: bytes, **limits: int) -> None:
        raise sheets.Busy("请过几秒再上传一次。")

    for module in ("services.start.views", "services.people.invitations.views", "common.files.sheets"):
        monkeypatch.setattr(f"{module}.read_rows", busy)

    status, text = upload(*pages[page], table(("甲",)))

    assert status == 429
    assert "请过几秒再上传一次。" in text


@pytest.mark.parametrize("path", [STATIONS, "/api/v1/auth/token/", "/accounts/login/"])
def test_a_body_beyond_any_file_is_refused_before_it_is_read(north_room: Workroom, path: str) -> None:
    browser = Client(HTTP_HOST=north_room.host)

    answer = browser.generic(
        "POST", path, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(500 * 1024 * 1024)
    )

    assert answer.status_code == 400
    assert "10 MB" in answer.content.decode()
    assert max(sheets.LARGEST, proofs.LARGEST) < LARGEST_BODY < 500 * 1024 * 1024


def test_names_go_through_a_table_and_back_byte_for_byte(
    north_room: Workroom, pages: dict[str, tuple[Client, str]]
) -> None:
    """AT-28: what the template's Excel holds, the page shows; what the page sends, is kept and found by any dot."""
    browser, path = pages[COLLEAGUES]
    written = workbook.answer("名单", ["姓名", "邮箱或手机", "角色"], [(name, "", "社工") for name in NAMES])

    status, text = upload(browser, path, written.content)
    assert status == 200
    shown = [f"{name}，，社工" for name in NAMES]
    assert all(line in text for line in shown)
    answer = browser.post(path, {"lines": "\n".join(shown), "role": ""})
    assert answer.status_code == 302

    with in_tenant(north_room.tenant):
        kept = set(StaffInvitation.objects.values_list("name", flat=True))
    assert {name.encode() for name in kept} == {name.encode() for name in NAMES}
    export = browser.get("/members/invitations/?export=xlsx")
    content = b"".join(export.streaming_content) if export.streaming else export.content
    again = {row[0] for row in sheets.read_rows(content, rows=50, columns=20)[1:]}
    assert {str(name).encode() for name in again} == {name.encode() for name in NAMES}


@pytest.mark.parametrize("inside", ["a_x0000_b", "a&#0;b", "a\u200bb", "a\u202eb", "_xD800_"])
@pytest.mark.parametrize("page", PAGES)
def test_letters_that_cannot_be_kept_are_said_and_break_nothing(
    north_room: Workroom, pages: dict[str, tuple[Client, str]], page: str, inside: str
) -> None:
    cells = b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (column, inside.encode()) for column in (b"A", b"B", b"E")
    )
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="%s"><sheetData><row r="1">%s</row></sheetData></worksheet>' % (main, cells)

    status, text = upload(*pages[page], changed({"xl/worksheets/sheet1.xml": sheet}))

    assert status in (200, 400)
    assert "\x00" not in text
    with in_tenant(north_room.tenant):
        assert not StaffInvitation.objects.exists()


def test_a_request_without_a_length_is_none_too_long() -> None:
    assert RequestFactory().get("/").META.get("CONTENT_LENGTH", "") in ("", "0")
