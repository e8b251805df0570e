"""Photos and papers of marks: told by content, drawn anew, sealed, handed to who may see the score, kept for good."""

import io
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from accounts.models import User
from audit.models import AuditEntry
from common.files import proof_reader, sheets
from common.files.proofs import LARGEST, take_in
from common.files.sheets import Unreadable
from contracts.marks.proofs import CannotKeep, hand_over
from contracts.models import Contract, Mark, MarkFile
from tenants.models import Tenant
from tests.cast import member, officer, signed_in
from tests.platform.contracts.conftest import TODAY
from tests.platform.contracts.marks.conftest import SECRETS, give, phone_photo


@pytest.fixture(autouse=True)
def _own_storage(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def paper(pages: int = 1) -> bytes:
    """Return a PDF with an author, a script that runs when it is opened, and a file inside it."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): TextStringObject("secret act")})
    writer.add_metadata({"/Author": "secret author"})
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.add_attachment("secret.exe", b"MZ secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_leaves_its_place_and_device_behind(kind: str) -> None:
    sent = phone_photo(kind)
    assert any(secret in sent or secret in _unpacked(sent) for secret in SECRETS)
    proof = take_in(sent)
    assert (proof.kind, proof.sha256) == ("photo", sha256(proof.content).hexdigest())
    assert not any(secret in proof.content for secret in (*SECRETS, b"Exif", b"http"))
    with Image.open(io.BytesIO(proof.content)) as picture:
        assert (picture.format, dict(picture.getexif()), picture.size) == ("JPEG", {}, (480, 640))
        assert not set(picture.info) & {"exif", "comment", "icc_profile", "xmp"}


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data.replace(b"\x00", b"")


def test_a_paper_keeps_its_pages_and_nothing_else() -> None:
    sent = paper(3)
    assert PdfReader(io.BytesIO(sent)).attachments["secret.exe"]
    assert b"secret author" in sent
    proof = take_in(sent)
    assert proof.kind == "paper"
    read = PdfReader(io.BytesIO(proof.content))
    assert len(read.pages) == 3
    assert not any(b"/" + word in proof.content for word in (b"OpenAction", b"JavaScript", b"AA", b"EmbeddedFiles"))
    assert b"secret" not in proof.content


def bomb(side: int) -> bytes:
    """Return a PNG of so many points each way in some kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "只收照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只收照片"),
        (b"<html><script>alert(1)</script>", "只收照片"),
        (b"MZ\x90\x00 a program called photo.jpg", "只收照片"),
        (b"GIF89a" + b"\x00" * 100, "只收照片"),
        (phone_photo()[:300], "已损坏"),
        (b"%PDF-1.7 no paper at all", "已损坏"),
        (b"\xff" * (LARGEST + 1), "超过 10 MB"),
    ],
)
def test_what_is_no_photo_or_paper_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        take_in(data)


@pytest.mark.parametrize("side", [30_000, 8_000])
def test_a_bomb_is_refused(side: int) -> None:
    """The smaller one would fit into the reader's memory: it is refused for its points alone."""
    data = bomb(side)
    assert len(data) < 1024 * 1024
    with pytest.raises(Unreadable, match="过大"):
        take_in(data)


def test_a_locked_paper_and_a_book_are_refused() -> None:
    writer = PdfWriter(io.BytesIO(paper()))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(Unreadable, match="密码"):
        take_in(out.getvalue())
    with pytest.raises(Unreadable, match="200 页"):
        take_in(paper(proof_reader.PAGES + 1))


def test_two_at_once_are_enough_for_one_process() -> None:
    held = [sheets._slots.acquire(blocking=False) for _ in range(sheets.AT_ONCE)]
    try:
        with pytest.raises(sheets.Busy, match="过几秒"):
            take_in(phone_photo())
    finally:
        for _ in held:
            sheets._slots.release()


@pytest.fixture
def shown(contract: Contract, qian: User) -> MarkFile:
    mark = give(contract, qian, shown=[take_in(phone_photo())])
    return mark.files.get()


def test_what_lies_in_the_store_is_sealed_and_bears_no_name(shown: MarkFile, qian: User) -> None:
    with default_storage.open(shown.file) as file:
        sealed = file.read()
    clear = b"".join(hand_over(kept=shown, by=qian))
    assert sha256(clear).hexdigest() == shown.sha256
    assert len(clear) == shown.size
    assert clear[100:200] not in sealed
    assert b"JFIF" not in sealed
    assert shown.file == f"marks/{shown.ref}.sealed"


def test_the_same_photo_again_is_kept_once(contract: Contract, qian: User, shown: MarkFile) -> None:
    proofs = [take_in(phone_photo()), take_in(phone_photo(colour="blue"))]
    assert give(contract, qian, shown=proofs) == shown.mark
    assert shown.mark.files.count() == 2


def test_twenty_files_are_enough_and_what_was_there_stays(contract: Contract, qian: User, shown: MarkFile) -> None:
    many = [take_in(phone_photo(colour=f"#0000{number:02x}", size=(30, 20))) for number in range(60, 255, 9)]
    assert len(many) > 20
    with pytest.raises(CannotKeep, match="最多 20"):
        give(contract, qian, shown=many)
    assert MarkFile.objects.count() == 1


def answered(client: Client, address: str) -> tuple[int, bytes]:
    answer = client.get(address)
    return answer.status_code, answer.getvalue()


def test_who_may_see_the_score_may_see_what_is_shown_for_it(
    contract: Contract, southern: Contract, shown: MarkFile, zhou: User, north_row: Tenant, south_row: Tenant
) -> None:
    here, there = f"/contracts/{contract.ref}/proofs/{shown.ref}/", f"/scores/{contract.ref}/proofs/{shown.ref}/"
    answer = signed_in(zhou).get(here)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert sha256(answer.getvalue()).hexdigest() == shown.sha256
    own = signed_in(member(north_row, "wei", "worker"), "north.localhost")
    assert answered(own, there)[0] == 200
    assert f"/scores/{contract.ref}/proofs/{shown.ref}/" in own.get(f"/scores/{contract.ref}/D1.1/").content.decode()
    log = AuditEntry.objects.filter(act="contracts.mark.file.handed_over")
    assert [entry.details["mark"] for entry in log] == [shown.mark.ref] * 2

    far = signed_in(officer("hai", "district_officer", "330481"))
    other = signed_in(member(south_row, "nan", "agency_director"), "south.localhost")
    teacher = signed_in(officer("sun", "supervisor"))
    assert answered(far, here)[0] == 404
    assert answered(other, there)[0] == 404
    assert answered(teacher, here)[0] == 403
    assert answered(signed_in(zhou), f"/contracts/{southern.ref}/proofs/{shown.ref}/")[0] == 404
    city = signed_in(officer("he", "city_officer", "370100"))
    assert answered(city, f"/contracts/{southern.ref}/proofs/{shown.ref}/")[0] == 404
    assert Client(HTTP_HOST="localhost").get(here).status_code == 302
    assert log.count() == 2


def upload(name: str, data: bytes, kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


SENT = {"points": "3", "reason": "抽样 20 人", "visited_on": f"{TODAY}", "party": "evaluator"}


def test_the_page_takes_photos_and_says_what_is_wrong_with_one(contract: Contract, qian: User) -> None:
    desk, address = signed_in(qian), f"/contracts/{contract.ref}/marks/D1.1/"
    answer = desk.post(address, {**SENT, "proofs": [upload("a.jpg", phone_photo()), upload("b.pdf", paper())]})
    assert answer.status_code == 302
    assert sorted(Mark.objects.get().files.values_list("kind", flat=True)) == ["paper", "photo"]

    refused = desk.post(address, {**SENT, "points": "2", "proofs": upload("c.jpg", b"MZ no photo", "image/jpeg")})
    assert refused.status_code == 200
    assert "只收照片" in refused.content.decode()
    assert "抽样 20 人" in refused.content.decode()
    assert Mark.objects.count() == 1


def test_two_hundred_photos_are_refused_with_the_reason_and_nothing_is_lost(contract: Contract, qian: User) -> None:
    tiny = phone_photo(size=(8, 8))
    answer = signed_in(qian).post(
        f"/contracts/{contract.ref}/marks/D1.1/",
        {**SENT, "reason": "一句不能丢的话", "proofs": [upload(f"{number}.jpg", tiny) for number in range(200)]},
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "最多 20 张" in text
    assert "一句不能丢的话" in text
    assert not Mark.objects.exists()
