"""At 390 px: no page runs out at the side, cells and acts are within the screen, and no bar lies over a form's act."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from list_files import actions as list_files
from services.clients import actions as clients
from services.clients.models import DataAlert
from tenants.running import in_tenant
from tests.flows.conftest import PHONE, Stage, Visitor

pytestmark = pytest.mark.browser
LEAST_TARGET = 24
GUESTS: dict[str, tuple[str, str, Callable[[Stage], list[str]]]] = {
    "officer": (
        "zhou",
        "",
        lambda stage: [
            "/contracts/",
            "/contracts/all/",
            "/contracts/ranking/",
            "/contracts/appeals/",
            "/programmes/",
            "/programmes/jinan/",
            *(f"/contracts/{stage.contract.ref}/{page}" for page in ("", "scorecard/", "marks/", "marks/A3.1/")),
        ],
    ),
    "director": (
        "n-director",
        "north",
        lambda stage: [
            "/",
            "/scores/",
            f"/scores/{stage.contract.ref}/",
            "/records/",
            f"/records/{stage.north.record.ref}/",
            "/volunteers/hours/",
            "/clients/",
            "/staff/",
            "/stations/",
            "/supervision/",
            "/supervision/clocks/",
            "/clients/new/",
            "/rights/alerts/",
            "/list-files/",
            f"/staff/{stage.north.wei.ref}/",
            f"/scores/{stage.contract.ref}/A3.1/",
            f"/scores/{stage.contract.ref}/C1.1/",
        ],
    ),
    "worker": (
        "n-wei",
        "north",
        lambda stage: [
            "/records/new/",
            "/records/new/?kind=joint_meeting",
            "/records/new/?kind=group_session",
            f"/records/new/?kind=home_visit&client={stage.north.client.ref}",
        ],
    ),
}
# What stands outside the screen at either side, or is too small to touch: links alone in their line, buttons, fields.
FAULTS = """least => {
  const seen = (node) => node.checkVisibility() && !node.closest(".visually-hidden, .skip, [hidden]");
  const said = (node) => `${node.tagName} ${(node.innerText || node.name || "").trim().slice(0, 30)}`;
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`page is ${wide} wide`);
  for (const node of document.querySelectorAll("main td, main .btn, main .row-acts a, main input, main select")) {
    const box = node.getBoundingClientRect();
    if (!seen(node) || !box.width || node.type === "hidden") continue;
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`${said(node)} reaches to ${Math.round(box.right)}`);
  }
  const touched = "main td > a:only-child, main .btn, main .plain-list a, main .pick-list a";
  for (const node of document.querySelectorAll(touched)) {
    const box = node.getBoundingClientRect();
    if (seen(node) && box.height && box.height < least) found.push(`${said(node)} is ${Math.round(box.height)} high`);
  }
  return found;
}"""
# What lies over the middle of the page's own act once it is scrolled to.
COVER = """() => {
  const acts = [...document.querySelectorAll("main form:not([role=search]):not(.filter-bar) .btn-primary")];
  const act = acts.find((node) => node.checkVisibility() && !node.closest("details:not([open])"));
  if (!act) return "";
  act.scrollIntoView({block: "nearest", behavior: "instant"});
  const box = act.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return act.contains(top) ? "" : `${act.innerText.trim()} is under ${top && top.className}`;
}"""


@pytest.fixture(scope="module")
def furnished(stage: Stage) -> None:
    """Rows for the lists that the stage leaves empty: alerts, and lists that were exported."""
    room = stage.north
    with in_tenant(room.tenant):
        file = clients.ClientFile(name="李晓云", site=room.station, worker=room.lin)
        today = timezone.localdate()
        secret = clients.open_file(file=file, opened_on=today, today=today, by=room.director)
        clients.restrict(client=secret, workers=[room.lin, room.wei, room.an], by=room.director)
        DataAlert.objects.create(
            kind=DataAlert.Kind.TWIN, client=room.client, twin=secret, by=room.director.ref
        )  # fmt: skip
        DataAlert.objects.create(kind=DataAlert.Kind.REVEALS, count=42, by=room.director.ref)
        for title in ("服务对象", "历下区慈善总会社区公益基金 银行流水"):
            list_files.model()._default_manager.create(
                user=room.director.ref, title=title, address_hash=title, language="zh-hans", rows=12_345,
                state="ready", expires_at=timezone.now(),
            )  # fmt: skip


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("guest", GUESTS)
def test_pages_fit_a_phone(stage: Stage, visitors: Callable[..., Visitor], guest: str) -> None:
    username, tenant, pages = GUESTS[guest]
    visitor = visitors(phone=True).sign_in(stage.url("/accounts/login/", tenant), username)
    assert PHONE["width"] == 390
    faults = []
    for path in pages(stage):
        answer = visitor.page.goto(stage.url(path, tenant))
        assert answer
        assert answer.status == 200, path
        found = visitor.page.evaluate(FAULTS, LEAST_TARGET)
        if cover := visitor.page.evaluate(COVER):
            found.append(cover)
        faults += [f"{path}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def test_a_phone_sees_the_filter_as_one_switch(stage: Stage, visitors: Callable[..., Visitor]) -> None:
    visitor = visitors(phone=True).sign_in(stage.url("/accounts/login/"), "zhou")
    page = visitor.page
    page.goto(stage.url("/contracts/all/"))
    first_row = page.locator("tbody tr").first.bounding_box()
    assert first_row
    assert first_row["y"] < PHONE["height"] * 0.75
    assert not page.locator("select[name=state]").is_visible()

    page.get_by_text("筛选", exact=False).first.click()
    page.locator("select[name=state]").select_option("active")
    page.locator("select[name=sort]").select_option("-total")
    page.get_by_role("button", name="查询").click()

    assert "state=active" in page.url
    assert "sort=-total" in page.url
    assert page.locator(".filter-switch").inner_text() == "筛选（1）"
    assert page.locator("tbody td[data-label=得分]").first.is_visible()
