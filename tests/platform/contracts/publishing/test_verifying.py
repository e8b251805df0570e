"""Anybody verifies a score by its file or its digest; a forgery is called one, and nothing more is told than may be."""

import hashlib
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from contracts.models import Contract, ScoreSheet
from contracts.publishing import body, public_views
from contracts.publishing.queries import Verdict, verify_digest, verify_file
from tests.platform.contracts.conftest import TODAY
from tests.platform.contracts.publishing.test_actions import correct, publish
from tests.platform.contracts.test_actions import mark_everything

VERIFY = "/scores/verify/"


@pytest.fixture
def anybody(public: None) -> Client:
    return Client(HTTP_HOST="localhost")


def asked(browser: Client, data: bytes) -> str:
    return browser.post(VERIFY, {"file": SimpleUploadedFile("x.json", data)}).content.decode()


def test_the_file_is_its_digest_and_says_everything(announced: ScoreSheet) -> None:
    data = body.canonical(announced)
    assert hashlib.sha256(data).hexdigest() == announced.digest
    told = json.loads(data)
    line = {one["code"]: one for one in told["lines"]}["P3"]
    assert (line["clause"], line["score"], line["marks"][0]["reason"]) == ("示例总站细则第四条第三项", "15.00", "抽查")
    assert told["programme_digest"] == announced.contract.digest
    assert {"known_at", "notice_until", "appeals", "quantities", "changes", "version"} <= set(told)
    announced.refresh_from_db()
    assert body.is_whole(ScoreSheet.objects.get())


def test_the_verdicts(announced: ScoreSheet, zhou: User) -> None:
    data = body.canonical(announced)
    assert verify_file(data).verdict == verify_digest(f" {announced.digest.upper()}\n").verdict == Verdict.GENUINE
    newer = correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    old = verify_file(data)
    assert (old.verdict, old.newest) == (Verdict.REPLACED, newer)
    forged = data.replace(b'"total":"', b'"total":"9', 1)
    assert verify_file(forged).verdict == Verdict.CHANGED
    for nothing in (b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"sheet": 1}', b'["a", "b"]', b'"x"'):
        assert verify_file(nothing).verdict == Verdict.UNKNOWN
    for nothing in ("", "0" * 64, "x" * 64, announced.digest[:63], announced.ref):
        assert verify_digest(nothing).verdict == Verdict.UNKNOWN


def test_a_score_of_the_first_format_goes_on_to_verify(contract: Contract) -> None:
    """What a process of the version before writes: no format, no version, and a digest made as it was made then."""
    lines = [
        {"code": "D1.1", "title": "需求调查", "max_score": "4", "score": "2.00", "pending": False, "reason": "评分",
         "inputs": {"home_visits": "3.00"}, "target": None, "mark": "好"}
    ]  # fmt: skip
    told = [contract.ref, str(TODAY), contract.digest, lines, {"home_visits": "3.00"}, [], "2.00"]
    data = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    sheet = ScoreSheet.objects.create(
        contract=contract, as_of=TODAY, lines=lines, quantities={"home_visits": "3.00"}, total=Decimal("2.00"),
        grade="fail", grade_name="不合格", programme_digest=contract.digest, digest=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    kept = ScoreSheet.objects.get(pk=sheet.pk)
    assert (kept.format, kept.version) == (1, 1)
    assert body.canonical(kept) == data
    assert verify_file(data).verdict == Verdict.GENUINE
    assert verify_file(data.replace(b"2.00", b"4.00")).verdict == Verdict.CHANGED


def test_the_public_sees_as_far_as_the_programme_says(
    announced: ScoreSheet, contract: Contract, zhou: User, anybody: Client
) -> None:
    mark_everything(contract)
    hidden = publish(contract, zhou)
    listed = anybody.get("/scores/").content.decode()
    assert announced.contract.title in listed
    assert contract.title not in listed
    page = anybody.get(f"/scores/{announced.ref}/").content.decode()
    assert "示例总站细则第四条第三项" in page
    assert "联席会议" in page
    assert announced.digest in page
    assert "抽查" not in page, "an evaluator's words are not for everybody"
    for nowhere in (hidden.ref, "a" * 16, "1", "verify2"):
        assert anybody.get(f"/scores/{nowhere}/").status_code == 404
    told = anybody.post(VERIFY, {"digest": hidden.digest}).content.decode()
    assert "是公布的得分" in told
    assert contract.title not in told
    assert str(hidden.total) not in told
    assert announced.contract.title in anybody.post(VERIFY, {"digest": announced.digest}).content.decode()


def test_both_versions_stay_public(announced: ScoreSheet, zhou: User, anybody: Client) -> None:
    newer = correct(announced, zhou, decision=("P3", Decimal(10), "第四条"))
    old = anybody.get(f"/scores/{announced.ref}/").content.decode()
    assert "这一版已被更正" in old
    assert f"/scores/{newer.ref}/" in old
    page = anybody.get(f"/scores/{newer.ref}/").content.decode()
    assert "更正前" in page
    assert f"/scores/{announced.ref}/" in page
    assert announced.ref not in anybody.get("/scores/").content.decode()


def test_verifying_speaks_plainly_and_is_counted(
    announced: ScoreSheet, anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "是公布的得分" in asked(anybody, body.canonical(announced))
    assert "内容被改动过" in asked(anybody, body.canonical(announced) + b" ")  # one byte more
    assert "没有这份得分" in asked(anybody, b"nothing")
    assert "请填写校验码" in anybody.post(VERIFY, {}).content.decode()
    assert "超过 1 MB" in asked(anybody, b"x" * (1024 * 1024 + 1))
    monkeypatch.setattr(public_views, "MOST_ASKED", 3)
    answer = anybody.post(VERIFY, {"digest": "0" * 64})
    assert (answer.status_code, "尝试次数太多" in answer.content.decode()) == (429, True)
