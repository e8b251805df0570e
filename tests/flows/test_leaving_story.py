"""An agency takes everything along and leaves: exported, read-only for thirty days, deleted by two, certified."""

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from services.leaving import exporting
from services.leaving.models import Export
from tenants import deletion
from tenants.middleware import HostMiddleware
from tenants.models import Leaving, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, officer
from tests.flows.conftest import Stage, Visitor

pytestmark = pytest.mark.browser
SOUTH = "南方社会工作服务中心"


def taken_along(stage: Stage, boss: Visitor, folder: Path) -> zipfile.ZipFile:
    """Ask for the full export, let the worker make it, and fetch it."""
    page = boss.page
    page.goto(stage.url("/leaving/exports/", "south"))
    page.locator("main a:has-text('申请导出')").first.click()
    page.fill("input[name=reason]", "换系统前留底")
    page.fill("input[name=password]", PASSWORD)
    page.click("text=开始导出")
    boss.reads("换系统前留底", "正在排队")
    with in_tenant(stage.south.tenant):
        for ref in Export.objects.values_list("ref", flat=True):
            exporting.prepare(ref)
    boss.reads("SHA-256")  # the page asks by itself
    with page.expect_download() as coming:
        page.click("text=下载压缩包")
    file = folder / "south.zip"
    coming.value.save_as(file)
    return zipfile.ZipFile(file)


def test_an_agency_exports_leaves_and_is_deleted_by_two(
    stage: Stage, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    with in_public():
        officer("operator2", "operator", name="运营乙")
    boss = visitors().sign_in(stage.url("/accounts/login/", "south"), "s-director")
    packed = taken_along(stage, boss, tmp_path)
    clients = next(name for name in packed.namelist() if name.endswith("clients_client.csv"))
    assert "张桂兰" in packed.read(clients).decode("utf-8-sig")

    page = boss.page
    page.goto(stage.url("/leaving/", "south"))
    page.fill("input[name=typed_name]", SOUTH)
    page.fill("[name=reason]", "与另一家机构合并")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form >> text=申请退出")
    boss.reads("取消退出，继续使用")
    with in_public():
        assert Tenant.objects.get(slug="south").state == Tenant.State.LEAVING
    HostMiddleware.known.clear()

    wei = visitors(phone=True).sign_in(stage.url("/accounts/login/", "south"), "s-wei")
    wei.page.goto(stage.url("/clients/", "south"))
    wei.reads("张桂兰", "正在退出")

    with in_public():
        day = timezone.localdate() - dt.timedelta(days=1)
        Leaving.objects.update(delete_after=day)
        Tenant.objects.filter(slug="south").update(delete_after=day)
    delete(stage, visitors, "operator", "提议删除机构数据")
    second = delete(stage, visitors, "operator2", "确认删除机构数据")
    with in_public():
        deletion.carry_out(Leaving.objects.get())
    HostMiddleware.known.clear()
    second.page.goto(stage.url("/agencies/south/"))
    second.page.click("main >> text=数据删除证明")
    second.reads(SOUTH, "clients_client")
    boss.page.goto(stage.url("/", "south"))
    assert "No such site" in boss.page.content()
    boss.complaints.clear()


def delete(stage: Stage, visitors: Callable[..., Visitor], username: str, words: str) -> Visitor:
    """Propose or confirm the deletion as one of the two operators."""
    operator = visitors().sign_in(stage.url("/accounts/login/"), username)
    operator.page.goto(stage.url("/agencies/south/"))
    operator.page.click(f"main >> text={words}")
    operator.page.fill("input[name=typed_name]", SOUTH)
    operator.page.click(f"main form >> text={words}")
    operator.page.wait_for_url(lambda address: address.endswith("/agencies/south/"))
    return operator
