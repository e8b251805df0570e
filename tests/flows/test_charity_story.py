"""A resident's need, in a real browser: asked, assessed, decided by five with one recusal, on notice, paid, confirmed.

Raised together, decided together: nobody holds two duties, and the public reads what came in and what went out without
reading who.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import User
from disclosure.models import Notice
from services.funds.models import Fund
from services.grants.decisions import objections
from services.grants.models import Application
from services.ledger import verification
from tenants.running import in_public, in_tenant
from tests.cast import member
from tests.flows.conftest import Stage, Visitor
from tests.services.grants.cast import seat

pytestmark = pytest.mark.browser
NEIGHBOUR = "邻里守望基金"
COMMITTEE = ("赵主委", "孙委员", "李委员", "周委员", "吴委员")
People = dict[str, User]


def people(stage: Stage) -> People:
    """The committee, the monitor and the two treasurers of the fund: everybody signs in by their own name."""
    roles = {f"c{number}": ("fund_committee", name) for number, name in enumerate(COMMITTEE)}
    roles |= {"m": ("fund_monitor", "郑监督"), "f1": ("finance", "冯出纳"), "f2": ("finance", "陈会计")}
    with in_public():
        return {key: member(stage.north.tenant, f"story-{key}", role, name=name) for key, (role, name) in roles.items()}


def test_a_residents_need_becomes_help_that_everybody_can_follow(
    stage: Stage, visitors: Callable[..., Visitor]
) -> None:
    cast = people(stage)

    def at(path: str) -> str:
        return stage.url(path, "north")

    def enter(key: str, phone: bool = False) -> Visitor:
        name = cast[key].username if key in cast else key
        return visitors(phone=phone).sign_in(at("/accounts/login/"), name)

    fund = opened_by_the_director(enter("n-director"), stage, cast, at)

    wei = enter("n-wei", phone=True)
    wei.page.goto(at("/grants/new/"))
    wei.page.locator("main a:has-text('困难救助')").tap()
    wei.page.locator("main a:has-text('张桂兰')").tap()
    wei.page.select_option("select[name=purpose]", label=f"{NEIGHBOUR} · 一般用途")
    wei.page.fill("input[name=asked]", "２，６００")
    wei.page.select_option("select[name=cause]", label="重大疾病")
    wei.page.fill("textarea[name=story]", "独居老人上月住院，自付部分难以承担。")
    wei.page.locator("main button:has-text('提出申请')").tap()
    wei.reads("待评估", "¥2,600.00", "张桂兰")
    address = wei.page.url

    lin = enter("n-lin")
    lin.page.goto(address + "assess/")
    lin.page.fill("input[name=amount]", "2400")
    lin.page.fill("textarea[name=findings]", "核对住院票据，自付二千四百元。")
    lin.page.click("main button:has-text('评估')")
    lin.reads("待审议")

    committee_of_five_decides(enter, address)
    number = wei.page.inner_text("h1").split()[0]

    anybody = visitors()
    anybody.page.goto(stage.url(f"/funds/{fund.ref}/"))
    anybody.reads(number, "¥2,400.00", "重大疾病")
    assert "张桂兰" not in anybody.page.content()
    assert "独居" not in anybody.page.content()
    anybody.page.goto(at(f"/grants/notices/{number}/object/"))
    anybody.page.fill("textarea[name=words]", "听说这户有子女可以负担。")
    anybody.page.click("main button:has-text('提')")
    anybody.reads("异议")
    monitor = enter("m")
    monitor.page.goto(address)
    monitor.page.click("a:has-text('答复异议')")
    monitor.page.check("input[value=dismissed]")
    monitor.page.fill("textarea[name=words]", "子女亦为低保对象，已核实。")
    monitor.page.click("main button:has-text('答复')")
    monitor.reads("公示中")

    eight_days_pass(stage, number)
    paid_by_two(enter, address, number)

    wei.page.goto(address + "confirm/")
    wei.page.fill("textarea[name=words]", "老人本人在签收单上签字。")
    wei.page.locator("main button:visible").last.tap()
    wei.reads("已完成")

    anybody.page.goto(stage.url(f"/funds/{fund.ref}/"))
    anybody.reads("困难救助", "¥2,400.00", "¥27,600.00")
    assert "张桂兰" not in anybody.page.content()
    with in_tenant(stage.north.tenant):
        assert verification.findings(Fund.objects.get(ref=fund.ref).book) == []


def opened_by_the_director(zhao: Visitor, stage: Stage, cast: People, at: Callable[[str], str]) -> Fund:
    """The director opens the fund with the rules' opening amount; its committee takes its seats."""
    zhao.page.goto(at("/funds/new/"))
    zhao.page.fill("input[name=name]", NEIGHBOUR)
    zhao.page.fill("input[name=custodian]", "历下区慈善总会")
    zhao.page.locator("main form button.btn-primary").last.click()
    zhao.reads(NEIGHBOUR, "¥30,000.00")
    with in_tenant(stage.north.tenant):
        fund = Fund.objects.get(name=NEIGHBOUR)
        today = timezone.localdate()
        for key, duty in (("c0", "chair"), *((f"c{n}", "member") for n in range(1, 5)), ("m", "monitor")):
            seat(fund, cast[key], duty, today)
    return fund


def committee_of_five_decides(enter: Callable[..., Visitor], address: str) -> None:
    monitor = enter("m")
    monitor.page.goto(address + "opinion/")
    monitor.page.check("input[value='1']")
    monitor.page.locator("main form button.btn-primary").last.click()
    for key, verdict, words in (
        ("c1", "recuse", "申请人是我的亲戚。"), ("c0", "approve", ""), ("c2", "approve", ""),
        ("c3", "reject", "金额偏高。"), ("c4", "approve", ""),
    ):  # fmt: skip
        one = enter(key)
        one.page.goto(address)
        assert "张桂兰" not in one.page.content()
        one.page.goto(address + "vote/")
        one.page.check(f"input[value={verdict}]")
        one.page.fill("textarea[name=words]", words)
        one.page.locator("main form button.btn-primary").last.click()
        one.page.wait_for_load_state()
    one.reads("公示中", "回避")


def paid_by_two(enter: Callable[..., Visitor], address: str, number: str) -> None:
    feng = enter("f1")
    feng.page.goto(address + "pay/")
    feng.page.fill("input[name=payee]", "张桂兰 齐鲁银行 6222000000000001")
    feng.page.locator("main form button.btn-primary").last.click()
    feng.reads("待复核付款")
    feng.page.goto(address.partition("/grants/")[0] + "/grants/payments/")
    feng.page.click(f"tr:has-text('{number}') a:has-text('复核付款')")
    feng.page.locator("main form button.btn-primary").last.click()
    feng.reads("一人只担一项职责")

    chen = enter("f2")
    chen.page.goto(feng.page.url)
    chen.page.locator("main form button.btn-primary").last.click()
    chen.reads("待确认")


def eight_days_pass(stage: Stage, number: str) -> None:
    """Let the notice have begun eight days ago."""
    with in_tenant(stage.north.tenant):
        found = Application.objects.get(number=number)
        assert found.notice_from
        assert found.notice_to
        days = dt.timedelta(days=8)
        Application.objects.filter(pk=found.pk).update(
            notice_from=found.notice_from - days, notice_to=found.notice_to - days
        )
        objections.end_due_notices()
    with in_public():
        assert Notice.objects.get(number=number).state == Notice.State.ENDED
