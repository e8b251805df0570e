"""A disagreement: a mark, its publication, an appeal with a photo, the answer, the corrected score; all see it."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from common.dates import local_day
from contracts.actions import Site, Terms, sign_contract
from contracts.marks.actions import give_mark
from contracts.models import Contract
from tenants.running import in_public
from tests.flows.conftest import Stage, Visitor

pytestmark = pytest.mark.browser
WHY = "两个站的指导记录在街道存档。"
ANSWER = "已调取核对，当季记录完整。"


@pytest.fixture
def hub(stage: Stage) -> Iterator[Contract]:
    """The hub of 历下 under a programme that gives notice; the evaluator has marked it."""
    today = local_day(timezone.now())
    with in_public():
        terms = Terms(
            number="T-HUB-01", title="历下区社工总站项目", programme="jinan-hubs", provider=stage.north.tenant,
            area="370102002", starts_on=today - dt.timedelta(days=60), ends_on=today + dt.timedelta(days=300),
            amount=Decimal("200000.00"), stations=[Site("HUB", "历下区社工总站", "370102002")],
            parties=(
                ("purchaser", "历下区民政局", "370102"), ("operator", stage.north.tenant.name, ""),
                ("evaluator", "评估中心", ""),
            ),
        )  # fmt: skip
        contract = sign_contract(terms=terms, by=None)
        for code, points in (("P3", "12"), ("Q1", "16"), ("Q2", "18")):
            give_mark(
                contract=contract, code=code, points=Decimal(points), reason="抽查缺两站记录", today=today,
                party="evaluator", by=stage.evaluator,
            )  # fmt: skip
        yield contract


def photo(folder: Path) -> str:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG")
    (folder / "archive.jpg").write_bytes(out.getvalue())
    return str(folder / "archive.jpg")


def test_a_disagreement_ends_in_a_corrected_score_that_everybody_sees(
    stage: Stage, hub: Contract, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    contract = f"/contracts/{hub.ref}"
    zhou = visitors().sign_in(stage.url("/accounts/login/"), "zhou")
    zhou.page.goto(stage.url(f"{contract}/close/"))
    zhou.page.check("input[name=accept_missing]")
    zhou.page.click("main .card button[type=submit]")
    zhou.reads("下面就是公布后会看到的内容", "抽查缺两站记录")
    before = zhou.page.inner_text(".score-total strong")
    zhou.page.click("text=确认公布")
    zhou.reads("公示中", "校验码", "申诉到")
    assert zhou.page.inner_text(".score-total strong") == before

    lin = visitors(phone=True).sign_in(stage.url("/accounts/login/", "north"), "n-lin")
    lin.page.goto(stage.url("/scores/sheets/", "north"))
    lin.page.click("main tbody a")
    lin.reads("历下区社工总站项目", "抽查缺两站记录")
    lin.page.click("a.appeal-link[href*='/P3/']")
    lin.page.fill("textarea[name=reason]", WHY)
    lin.page.set_input_files("input[name=proofs]", photo(tmp_path))
    lin.page.click("main .card button[type=submit]")
    lin.reads("待答复", "照片 1")

    zhou.page.goto(stage.url("/contracts/appeals/?state=open"))
    zhou.page.click(f"main tbody a[href*='{hub.ref}']")
    zhou.reads(WHY, "照片 1", "申诉的得分")
    zhou.page.click("text=答复申诉")
    zhou.page.check("input[name=outcome][value=accepted]")
    zhou.page.fill("textarea[name=answer]", ANSWER)
    zhou.page.click("main .card button[type=submit]")
    zhou.reads("须写明对得分的影响")
    zhou.page.select_option("select[name=effect]", "points")
    zhou.page.fill("input[name=points]", "19")
    zhou.page.click("main .card button[type=submit]")
    zhou.reads("申诉成立", "改定为 19 分")

    zhou.page.goto(stage.url(f"{contract}/scorecard/"))
    zhou.reads("与公布的得分不同")
    zhou.page.click("text=查看公布的得分")
    zhou.page.click("main a:has-text('更正')")
    zhou.page.fill("textarea[name=reason]", "载入公示期内的申诉及其结论。")
    zhou.page.click("main .card button[type=submit]")
    zhou.reads("更正前", "12.00", "19.00", ANSWER)
    zhou.page.click("text=确认公布")
    zhou.reads("校验码", "第 2 版", "申诉及其结论")

    evaluator = visitors().sign_in(stage.url("/accounts/login/"), "evaluator")
    evaluator.page.goto(stage.url(f"{contract}/scorecard/"))
    evaluator.reads("改定为 19 分", ANSWER)

    lin.page.goto(stage.url("/scores/sheets/", "north"))
    lin.page.click("main tbody a")
    lin.reads("第 2 版", "19.00", ANSWER)
    with lin.page.expect_download() as caught:
        lin.page.click("text=下载得分文件")
    file = Path(caught.value.path())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    anybody = visitors()
    anybody.page.goto(stage.url("/scores/"))
    anybody.page.click("main tbody a")
    anybody.reads("第 2 版", "更正前", "19.00", digest)
    assert WHY not in anybody.page.inner_text("main")
    anybody.page.click("a:has-text('核验得分')")
    anybody.page.set_input_files("input[name=file]", str(file))
    anybody.page.click("main .card button[type=submit]")
    anybody.reads("是公布的得分", "最新一版")
    anybody.page.goto(stage.url("/scores/verify/"))
    (tmp_path / "forged.json").write_bytes(file.read_bytes().replace(b"19.00", b"20.00"))
    anybody.page.set_input_files("input[name=file]", str(tmp_path / "forged.json"))
    anybody.page.click("main .card button[type=submit]")
    anybody.reads("内容被改动过")
    for visitor in (zhou, lin, evaluator, anybody):
        assert visitor.complaints == []
