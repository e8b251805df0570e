"""The chain, recorded once: a visit becomes progress and points, and so does a supervision session."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from playwright.sync_api import Page

from supervision.models import Booking
from supervision.words import State
from tenants.running import in_public
from tests.flows.conftest import Stage, Visitor

pytestmark = pytest.mark.browser
MOST_TAPS = 12


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, words: str, what: str = "main a") -> None:
        self.page.locator(f"{what}:visible:has-text('{words}')").last.tap()
        self.page.wait_for_load_state()
        self.count += 1


def test_a_visit_recorded_on_a_phone_moves_the_officers_numbers(stage: Stage, visitors: Callable[..., Visitor]) -> None:
    zhou = visitors().sign_in(stage.url("/accounts/login/"), "zhou")
    before = progress(zhou, stage)

    wei = visitors(phone=True).sign_in(stage.url("/accounts/login/", "north"), "n-wei")
    taps = Taps(wei.page)
    taps.on("记录", "nav a")
    taps.on("入户走访")
    taps.on("张桂兰")
    wei.page.fill("textarea", "老人精神不错，约好下周再来。")
    taps.on("记录", "main button")
    wei.reads("入户走访", "张桂兰", "已计入", "老人精神不错")
    assert taps.count + 1 <= MOST_TAPS  # one more to open the keyboard

    assert progress(zhou, stage) == before + 1
    zhou.page.goto(stage.url(f"/contracts/{stage.contract.ref}/scorecard/"))
    zhou.reads("入户走访", "附件二 C1.1")
    assert f"完成 {before + 1} 次" in line(zhou.page, "入户走访")
    zhou.page.click("a[href*='/scorecard/C1.1/']")
    zhou.reads("入户走访", stage.north.station.name)
    assert "张桂兰" not in zhou.page.content()


def progress(zhou: Visitor, stage: Stage) -> int:
    """Return how many home visits the contract's page shows as done."""
    zhou.page.goto(stage.url(f"/contracts/{stage.contract.ref}/"))
    found = re.search(r"入户走访\D*?(\d+)\s*/\s*60", zhou.page.inner_text("main").replace("\n", " "))
    assert found, zhou.page.inner_text("main")
    return int(found.group(1))


def test_two_stations_want_one_time_and_the_session_counts(stage: Stage, visitors: Callable[..., Visitor]) -> None:
    lin = visitors().sign_in(stage.url("/accounts/login/", "north"), "n-lin")
    other = visitors().sign_in(stage.url("/accounts/login/", "south"), "s-lin")
    for head, room in ((lin, stage.north), (other, stage.south)):
        head.page.goto(stage.url("/supervision/", room.tenant.slug))
        head.page.click("main a[href*='/supervision/book/']")
        head.reads("孙教授")
        head.page.select_option("select[name=station]", label=room.station.name)

    lin.page.click("main button:has-text('预约督导')")
    lin.reads("待答复", stage.north.station.name)

    other.page.click("main button:has-text('预约督导')")
    other.reads("这个时段刚刚被预约")
    offered = other.page.locator("button[name=take]")
    assert offered.count() == 3
    offered.first.click()
    other.reads("待答复", stage.south.station.name)

    sun = visitors().sign_in(stage.url("/accounts/login/"), "sun")
    sun.page.goto(stage.url("/supervision/"))
    with sun.page.expect_navigation():
        sun.page.click(f"button:has-text('确认'):has-text('{stage.north.station.name}') >> nth=0")
    booking = three_days_pass()

    zhou = visitors().sign_in(stage.url("/accounts/login/"), "zhou")
    zhou.page.goto(stage.url(f"/contracts/{stage.contract.ref}/scorecard/"))
    assert "待录入" in line(zhou.page, "接受督导次数")

    sun.page.goto(stage.url(f"/supervision/sessions/{booking.ref}/"))
    sun.page.fill("input[name=complete-minutes]", "60")
    sun.page.fill("textarea[name=complete-summary]", "讨论两次走访，明确下一步目标。")
    sun.page.click("button:has-text('完成督导')")
    sun.reads("已完成")

    zhou.page.reload()
    assert "完成 1 次" in line(zhou.page, "接受督导次数")
    assert "完成 60 分钟" in line(zhou.page, "接受督导时长")


def three_days_pass() -> Booking:
    """Let the confirmed session lie in the past, as it does once its day has come."""
    with in_public():
        booking = Booking.objects.get(state=State.CONFIRMED)
        earlier = timezone.now() - dt.timedelta(hours=26)
        booking.during = DateTimeTZRange(earlier, earlier + dt.timedelta(minutes=60))
        booking.save(update_fields=["during"])
    return booking


def line(page: Page, title: str) -> str:
    """Return a line of the scorecard in words."""
    return page.locator(f"main tr:has-text('{title}')").first.inner_text()
