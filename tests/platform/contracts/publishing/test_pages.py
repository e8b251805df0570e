"""The pages of published scores: previewed, opened by whom they concern, appealed with photos."""

import hashlib
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from audit.models import AuditEntry
from common import clock
from contracts.appeals import files
from contracts.models import Appeal, AppealFile, Contract, ScoreSheet
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import TODAY
from tests.platform.contracts.publishing.conftest import mark
from tests.platform.contracts.publishing.test_actions import correct, publish
from tests.platform.contracts.test_actions import mark_everything

SECRET = b"GPS-371234"


def photo() -> bytes:
    """Return a JPEG that says where it was taken."""
    out, told = io.BytesIO(), Image.Exif()
    told[0x010E] = SECRET.decode()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=told)
    return out.getvalue()


def upload(data: bytes, name: str = "某某家.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_preview_is_the_page_itself_and_publishes_only_what_was_seen(marked_hub: Contract, zhou: User) -> None:
    desk, close = signed_in(zhou), f"/contracts/{marked_hub.ref}/close/"
    asked = {"as_of": str(TODAY), "accept_missing": "on"}
    preview = desk.post(close, asked)
    mark(marked_hub, "P3", "3")
    stale = desk.post(close, {**asked, "seen": preview.context["seen"]})
    assert "没有公布" in stale.content.decode()
    assert not marked_hub.sheets.exists()
    done = desk.post(close, {**asked, "seen": stale.context["seen"]}, follow=True)
    sheet = marked_hub.sheets.get()
    shown, published = (main_of(answer.content.decode()) for answer in (stale, done))
    for line in ("业务指导", f"{sheet.total}", "示例总站细则第四条第三项", "公示到", "查看依据"):
        assert line in shown
        assert line in published
    late = desk.post(close, {**asked, "seen": stale.context["seen"]}).content.decode()
    assert "刚刚由另一人公布" in late
    assert marked_hub.sheets.count() == 1


def main_of(page: str) -> str:
    return page[page.index("<main") :]


def test_a_day_that_cannot_be_published_is_said_in_the_form(marked_hub: Contract, zhou: User) -> None:
    desk, close = signed_in(zhou), f"/contracts/{marked_hub.ref}/close/"
    for day, said in (("2025-12-31", "合同期内"), ("2026-12-01", "不能晚于今天"), ("soon", "日期")):
        page = desk.post(close, {"as_of": day, "accept_missing": "on"}).content.decode()
        assert "error-summary" in page
        assert said in page
        assert "确认公布" not in page


def test_an_officer_corrects_what_was_published(announced: ScoreSheet, zhou: User) -> None:
    desk, here = signed_in(zhou), f"/contracts/{announced.contract.ref}/sheets/{announced.ref}/"
    assert "更正" in desk.get(here).content.decode()
    same = desk.post(f"{here}correct/", {"reason": "看看"}).content.decode()
    assert "不用更正" in same
    asked = {"reason": "漏计一份材料", "code": "P3", "points": "17", "clause": "第四条"}
    bad = desk.post(f"{here}correct/", {**asked, "points": "99"}).content.decode()
    assert "0 到 20" in bad
    preview = desk.post(f"{here}correct/", asked)
    assert "17.00" in preview.content.decode()
    assert "漏计一份材料" in preview.content.decode()
    assert not ScoreSheet.objects.filter(version=2).exists()
    done = desk.post(f"{here}correct/", {**asked, "seen": preview.context["seen"]}, follow=True).content.decode()
    assert "更正已公布" in done
    assert "第 2 版" in done
    assert "这一版已被更正" in desk.get(here).content.decode()
    again = desk.post(f"{here}correct/", {**asked, "seen": preview.context["seen"]}).content.decode()
    assert "刚刚由另一人更正" in again
    assert ScoreSheet.objects.count() == 2


def test_the_banner_stands_where_live_and_published_differ(announced: ScoreSheet, zhou: User) -> None:
    desk, base = signed_in(zhou), f"/contracts/{announced.contract.ref}/"
    pages = (base, f"{base}scorecard/", f"{base}sheets/")
    for page in pages:
        assert "与公布的得分不同" not in desk.get(page).content.decode()
    mark(announced.contract, "P3", "2")
    for page in pages:
        assert "与公布的得分不同" in desk.get(page).content.decode(), page


def test_an_agency_opens_its_own_score_and_nobody_elses(announced: ScoreSheet, zhao: User, south_row: Tenant) -> None:
    head = signed_in(zhao, "north.localhost")
    here = f"/scores/{announced.contract.ref}/sheets/{announced.ref}/"
    assert here in head.get("/scores/sheets/").content.decode()
    page = head.get(here).content.decode()
    evidence = f"/scores/{announced.contract.ref}/P1/?as_of={TODAY}"
    assert evidence in page
    assert head.get(evidence).status_code == 200
    assert "抽查" in page
    file = head.get(f"{here}file/")
    assert hashlib.sha256(file.content).hexdigest() == announced.digest
    southern = signed_in(member(south_row, "song", "agency_director"), "south.localhost")
    for address in (here, f"{here}file/", f"{here}P3/appeal/"):
        assert southern.get(address).status_code == 404
    assert announced.ref not in southern.get("/scores/sheets/").content.decode()
    assert head.get(f"/scores/{announced.contract.ref}/sheets/{'a' * 16}/").status_code == 404


def test_an_officer_of_elsewhere_finds_no_sheet_by_its_ref(announced: ScoreSheet) -> None:
    far = signed_in(officer("hai", "district_officer", "330481"))
    base = f"/contracts/{announced.contract.ref}/sheets/{announced.ref}/"
    for address in (base, f"{base}file/", f"{base}correct/"):
        assert far.get(address).status_code == 404
    city = signed_in(officer("he", "city_officer", "370100"))
    assert [city.get(base).status_code, city.get(f"{base}correct/").status_code] == [200, 403]
    assert city.post(f"{base}confirm/").status_code == 403


def test_an_appeal_with_a_photo_goes_the_whole_way(announced: ScoreSheet, zhao: User, zhou: User) -> None:
    head, desk = signed_in(zhao, "north.localhost"), signed_in(zhou)
    contract = announced.contract
    make = f"/scores/{contract.ref}/sheets/{announced.ref}/P3/appeal/"
    assert make in head.get(f"/scores/{contract.ref}/sheets/{announced.ref}/").content.decode()
    sent = head.post(make, {"reason": "有存档", "proofs": [upload(photo()), upload(photo())]}, follow=True)
    assert "申诉已提出" in sent.content.decode()
    appeal = Appeal.objects.get()
    first = appeal.files.order_by("pk")[0]
    assert appeal.sheet == announced
    assert (first.kind, len(first.sha256)) == ("photo", 64)
    with storages["shared"].open(first.file) as stored:
        kept = stored.read()
    assert SECRET not in kept
    assert b"JFIF" not in kept, "sealed"
    for browser, base in ((head, "/scores"), (desk, "/contracts")):
        answer = browser.get(f"{base}/{contract.ref}/appeals/{appeal.ref}/files/{first.ref}/")
        clear = b"".join(answer)  # type: ignore[arg-type]  # a streamed answer
        assert answer["Content-Type"] == "image/jpeg"
        assert hashlib.sha256(clear).hexdigest() == first.sha256
        assert SECRET not in clear
        assert "某某家" not in str(answer.headers)
        assert browser.get(f"{base}/{contract.ref}/appeals/{appeal.ref}/files/{'a' * 16}/").status_code == 404
    assert AuditEntry.objects.filter(act="contracts.appeal_file.handed_over").count() == 2
    answered = desk.post(
        f"/contracts/{contract.ref}/appeals/{appeal.ref}/answer/",
        {"outcome": "accepted", "answer": "已核对", "effect": "points", "points": "19", "clause": "第四条"},
        follow=True,
    ).content.decode()
    assert "改定为 19 分（第四条）" in answered


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([b"MZ not a photo"], "只收照片"),
        ([b"%PDF-1.4 broken"], "已损坏"),
        ([b"\xff\xd8\xff broken"], ""),
        ([b"x"] * 6, "最多附 5 份"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_and_the_words_are_kept(
    announced: ScoreSheet, zhao: User, sent: list[bytes], said: str
) -> None:
    head = signed_in(zhao, "north.localhost")
    make = f"/scores/{announced.contract.ref}/sheets/{announced.ref}/P3/appeal/"
    page = head.post(make, {"reason": "存档在街道", "proofs": [upload(one) for one in sent]}).content.decode()
    assert "error-summary" in page
    assert said in page
    assert "存档在街道" in page
    assert not Appeal.objects.exists()
    assert not AppealFile.objects.exists()


def test_a_file_that_the_storage_lost_is_not_found(announced: ScoreSheet, zhao: User) -> None:
    appeal = Appeal.objects.create(contract=announced.contract, code="P3", points=1, reason="x")
    AppealFile.objects.create(appeal=appeal, kind="photo", size=1, sha256="0" * 64, file="appeals/none.sealed")
    head = signed_in(zhao, "north.localhost")
    here = f"/scores/{announced.contract.ref}/appeals/{appeal.ref}/files/{appeal.files.get().ref}/"
    assert head.get(here).status_code == 404
    assert files.name_of(appeal.files.get()).startswith(appeal.ref)


def test_confirming_too_early_is_shown_as_a_refusal(announced: ScoreSheet, zhou: User, monkeypatch: Any) -> None:
    desk, here = signed_in(zhou), f"/contracts/{announced.contract.ref}/sheets/{announced.ref}/"
    assert "定稿</button>" not in desk.get(here).content.decode()
    assert "期满后才能定稿" in desk.post(f"{here}confirm/", follow=True).content.decode()
    assert announced.open_until is not None
    until = announced.open_until
    monkeypatch.setattr(clock, "now", lambda: until)
    assert f"{here}confirm/" in desk.get(here).content.decode()
    assert "得分已定稿" in desk.post(f"{here}confirm/", follow=True).content.decode()


@pytest.mark.parametrize("whose", ["agency", "public", "contract"])
def test_lists_ask_the_same_number_of_queries_for_many(
    announced: ScoreSheet, zhao: User, zhou: User, django_assert_max_num_queries: Any, whose: str
) -> None:
    browser, address = {
        "agency": (signed_in(zhao, "north.localhost"), "/scores/sheets/?versions=all"),
        "public": (Client(HTTP_HOST="localhost"), "/scores/"),
        "contract": (signed_in(zhou), f"/contracts/{announced.contract.ref}/sheets/"),
    }[whose]
    counts, newest = [], announced
    for points in (10, 9, 8, 7):
        browser.get(address)
        with django_assert_max_num_queries(25) as asked:
            text = browser.get(address).content.decode()
        counts.append(len(asked.captured_queries))
        newest = correct(newest, zhou, decision=("P3", Decimal(points), "第四条"))
    assert len(set(counts)) == 1
    assert re.search("区社工总站项目|公布的得分", text)


def test_a_sheet_says_what_the_public_sees_of_it(announced: ScoreSheet, contract: Contract, zhou: User) -> None:
    mark_everything(contract)
    quiet, desk = publish(contract, zhou), signed_in(zhou)
    assert "不对公众公开" in desk.get(f"/contracts/{contract.ref}/sheets/{quiet.ref}/").content.decode()
    here = f"/contracts/{announced.contract.ref}/sheets/{announced.ref}/"
    assert "总分、等级、各项得分及其数据" in desk.get(here).content.decode()
