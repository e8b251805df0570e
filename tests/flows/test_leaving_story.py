"""A person gets the copy of her data; the agency takes all of its own along and leaves; the certificate says so."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from billing.plans import entitlement
from services.leaving import actions as leaving_actions
from tenants.departure import actions as departure
from tenants.departure import deletion
from tenants.middleware import HostMiddleware
from tenants.models import Leaving, Tenant
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, officer
from tests.flows.conftest import Stage

pytestmark = pytest.mark.browser


def forget_hosts() -> None:
    """What the server's process remembers for five seconds."""
    HostMiddleware.known.clear()
    entitlement.forget()


def test_copy_export_and_leave(stage: Stage, visitors: Any, tmp_path: Path) -> None:
    director = visitors(phone=True).sign_in(stage.url("/accounts/login/", "north"), "n-director")
    page = director.page

    # She asks for a copy: found by name, checked by her card, handed over once.
    page.goto(stage.url("/rights/new/?q=张", "north"))
    page.click("ul.pick-list a >> nth=0")
    page.select_option("select[name=kind]", "copy")
    page.press("input[name=received_on]", "Enter")
    page.click("main a.btn-primary")
    page.fill("input[name=id_number]", "370102194903071222")
    page.press("input[name=id_number]", "Enter")
    with page.expect_download() as handed:
        page.click("main button:has-text('制作并交付副本')")
    handed.value.save_as(tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        assert "张桂兰" in archive.read("copy.json").decode()

    # The director exports everything; the page comes round by itself once the worker is done.
    page.goto(stage.url("/leaving/exports/new/", "north"))
    page.fill("input[name=reason]", "退出前取回数据")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    director.reads("正在准备")
    with in_tenant(stage.north.tenant):
        assert leaving_actions.resume() == 1
    with page.expect_download() as taken:
        page.click("main button:has-text('下载压缩包')")
    taken.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert json.loads(archive.read("manifest.json"))["rows"]["agency.clients_client"] >= 1

    # And leaves: read-only from now on, the certificate's address in hand.
    page.goto(stage.url("/leaving/", "north"))
    page.fill("input[name=typed_name]", stage.north.tenant.name)
    page.fill("input[name=reason]", "合同期满")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    director.reads("取消退出")
    forget_hosts()
    page.goto(stage.url("/clients/", "north"))
    director.reads("本机构正在退出", "张桂兰")

    # Thirty days later one operator proposes and another confirms.
    today = timezone.localdate()
    with in_public():
        Leaving.objects.update(delete_after=today)
        Tenant.objects.filter(slug="north").update(delete_after=today)
        second = officer("operator-two", "operator", name="运营二号")
    operator = visitors().sign_in(stage.url("/accounts/login/"), "operator")
    operator.page.goto(stage.url("/agencies/north/propose-deletion/"))
    operator.page.fill("input[name=typed_name]", stage.north.tenant.name)
    operator.page.press("input[name=typed_name]", "Enter")
    operator.reads("提议删除")
    with in_public():
        north = Tenant.objects.get(slug="north")
        address = Leaving.objects.get().address
        deletion.carry_out(
            departure.confirm_deletion(tenant=north, typed_name=north.name, today=today, by=second)
        )  # fmt: skip
    forget_hosts()
    page.goto(stage.url(f"/certificates/{address}/"))
    director.reads("数据密钥", "已销毁", "ledger_entry")
