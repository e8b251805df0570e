"""An evaluator marks a sheet on a phone: each line is saved as one goes, and nothing typed is lost on the way."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator

from contracts.models import Mark
from tenants.running import in_public
from tests.flows.conftest import Stage, Visitor

pytestmark = pytest.mark.browser
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('marks:')).length"


class Sheet:
    """The page of marks as an evaluator holds it."""

    def __init__(self, stage: Stage, visitor: Visitor) -> None:
        self.stage, self.visitor, self.page = stage, visitor, visitor.page
        self.open()

    def open(self) -> None:
        self.page.goto(self.stage.url(f"/contracts/{self.stage.contract.ref}/marks/"))

    def card(self, code: str) -> Locator:
        card = self.page.locator(f'section[id="{code}"]')
        fold = card.locator("details:not([open]) > summary")
        if fold.count():
            fold.click()
        return card

    def write(self, code: str, reason: str) -> None:
        """Type a reason and go on to another line."""
        card = self.card(code)
        card.locator("[name=points]").fill("1")
        card.locator("textarea").fill(reason)
        self.card("A3.3" if code != "A3.3" else "A3.1").locator("textarea").focus()

    def says(self, code: str, words: str) -> None:
        self.card(code).locator("[data-mark-status]", has_text=words).wait_for()


def photo(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return out.getvalue()


def reasons(stage: Stage) -> set[str]:
    with in_public():
        return set(Mark.objects.filter(contract=stage.contract, by=stage.evaluator).values_list("reason", flat=True))


def test_a_sheet_is_saved_as_one_goes_and_survives_the_road(stage: Stage, visitors: Callable[..., Visitor]) -> None:
    visitor = visitors(phone=True).sign_in(stage.url("/accounts/login/"), stage.evaluator.username)
    sheet = Sheet(stage, visitor)
    sheet.write("A3.1", "制度汇编齐全")
    sheet.says("A3.1", "已保存")

    sheet.card("A3.1").locator("input[type=file]").set_input_files(
        [{"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": photo(colour)} for colour in ("red", "blue")]
    )
    sheet.card("A3.1").locator(".mark-files a").nth(1).wait_for()

    visitor.context.set_offline(True)
    sheet.write("B1.1", "没有网络时写的理由")
    sheet.says("B1.1", "没有网络")
    assert sheet.page.evaluate(KEPT) >= 1
    visitor.context.set_offline(False)
    sheet.page.evaluate("window.dispatchEvent(new Event('online'))")
    sheet.says("B1.1", "已保存")

    visitor.context.clear_cookies()
    sheet.write("D2.1", "登录失效后写的理由")
    sheet.says("D2.1", "登录已失效")
    visitor.sign_in(stage.url("/accounts/login/"), stage.evaluator.username)
    sheet.open()
    sheet.says("D2.1", "已保存")
    assert {"制度汇编齐全", "没有网络时写的理由", "登录失效后写的理由"} <= reasons(stage)

    sheet.card("D2.2").locator("textarea").fill("还没有写完")
    assert sheet.page.evaluate(KEPT) >= 1
    sheet.page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    sheet.page.wait_for_url(lambda address: "/marks/" not in address)
    assert sheet.page.evaluate(KEPT) == 0
    # What the browser itself says of a broken line and of an ended sign-in is what this story is about.
    visitor.complaints[:] = [
        words for words in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in words and "403" not in words
    ]
