"""The first hour: what is done, the next useful step, and the pages that do it."""

import datetime as dt
import json
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.files import workbook
from common.files.sheets import Unreadable, read_rows
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form, handle_part
from common.pages.table import Column, Table
from common.refusals import Refused
from directory import door as directory
from programmes import door as published
from services.clients import samples
from services.clients.models import Client
from services.network import bulk_opening, programmes
from services.records.views_today import day_of
from services.records.views_today import home as today_page
from services.start import checklist, sample_client
from services.start.forms import DistrictForm, ProgrammeForm, RowsForm, SheetForm, StreetsForm
from services.start.models import FirstHour
from services.start.waiting import waiting
from tenants.models import Tenant
from tenants.running import current_slug


def home(request: HttpRequest) -> HttpResponse:
    """The today page with what waits for this person, for a director with the next step of the first hour on top."""
    today = timezone.localdate()
    day = day_of(request, today)
    more: dict[str, Any] = {"waiting": waiting(request, day, today)}
    if can(request, Permission.STATION_MANAGE):
        more["first_hour"] = checklist.strip()
    return today_page(request, day, **more)


@require_safe
@allow(Permission.STATION_MANAGE)
def start(request: MemberRequest) -> HttpResponse:
    """The checklist."""
    steps = checklist.steps(timezone.localdate())
    context = {
        "steps": steps,
        "next": checklist.next_step(steps),
        "done": sum(step.is_done for step in steps),
        "all": len(steps),
        "own": [step for step in steps if step.href or step.is_done],
        "sample": samples.sample(),
        "put_away": FirstHour.objects.filter(put_away_at__isnull=False).exists(),
    }
    return render(request, "start/start.html", context)


@allow(Permission.STATION_MANAGE)
@act(back="home")
def put_away(request: MemberRequest) -> Done:
    FirstHour.objects.update_or_create(pk=1, defaults={"put_away_at": timezone.now()})
    return Done(_("提示条已收起，可以从“开始使用”页再打开。"), undo=reverse("start:show_again"))


@allow(Permission.STATION_MANAGE)
@act(back="start:start")
def show_again(request: MemberRequest) -> HttpResponse:
    FirstHour.objects.filter(pk=1).update(put_away_at=None)
    return redirect("start:start")


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def stations(request: MemberRequest) -> HttpResponse:
    """The streets of a district with boxes: each ticked one gets a station."""
    region = Tenant.objects.values_list("region", flat=True).get(slug=current_slug())
    asked = DistrictForm(
        request.GET if "district" in request.GET else None, near=region[:4], initial={"district": region[:6]}
    )  # fmt: skip
    district = asked.cleaned_data["district"] if asked.is_valid() else region[:6] if not asked.is_bound else ""
    proposals = bulk_opening.propose(district) if district else []
    if district and not proposals and asked.is_bound:
        asked.add_error("district", _("这个区划下没有街道名单，请写到区县。"))
    form = StreetsForm(request.POST or None, proposals=proposals)

    def action(data: dict[str, Any]) -> Done:
        sites = bulk_opening.open_many(
            plan=[proposal.planned for proposal in form.chosen()], agency=request.tenant_name,
            today=timezone.localdate(), by=request.user,
        )  # fmt: skip
        return Done(_("已启用 %(n)d 个站点，名称和地址可以随时修改。") % {"n": len(sites)})

    def show() -> HttpResponse:
        context = {
            "asked": asked, "form": form, "district": directory.full_name(district) if district else "",
            "taken": [proposal for proposal in proposals if proposal.taken], "proposals": proposals,
        }  # fmt: skip
        return render(request, "start/stations.html", context, status=400 if form.errors or asked.errors else 200)

    return handle_part(request, form, Done("", reverse("start:start")), action, show)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def sheet(request: MemberRequest) -> HttpResponse:
    """A table of stations: uploaded, previewed with what is wrong in which cell, then opened as a whole."""
    if request.method != "POST":
        return _sheet_page(request, SheetForm(), [])
    today = timezone.localdate()
    near = Tenant.objects.values_list("region", flat=True).get(slug=current_slug())[:4]
    if "rows" in request.POST:
        return _open_rows(request, today, near)
    form = SheetForm(request.POST, request.FILES)
    rows: list[bulk_opening.SiteRow] = []
    status = 400
    if form.is_valid():
        try:
            cells = read_rows(form.cleaned_data["file"].read(), rows=bulk_opening.MOST + 1, columns=20)
        except Unreadable as refusal:  # it has a status of its own: 503 where the reader has no time now
            form.add_error("file", refusal.reasons)
            status = refusal.status
        else:
            rows = bulk_opening.read(cells, today, near)
            if not rows:
                form.add_error("file", _("文件里没有站点。"))
    return _sheet_page(request, form, rows, status=status if form.errors else 200)


def _open_rows(request: MemberRequest, today: dt.date, near: str) -> HttpResponse:
    """Open the previewed rows, which came back with the form: they are read and checked anew."""
    form = RowsForm(request.POST)
    rows = bulk_opening.read(form.cleaned_data["rows"], today, near) if form.is_valid() else []
    plan = [row.planned for row in rows if row.planned]

    def action(data: dict[str, Any]) -> Done:
        sites = bulk_opening.open_many(plan=plan, agency=request.tenant_name, today=today, by=request.user)
        return Done(_("已启用 %(n)d 个站点。") % {"n": len(sites)})

    def show() -> HttpResponse:
        return _sheet_page(request, SheetForm(), rows, form, status=400 if form.errors else 200)

    if len(plan) < len(rows) or not rows:
        return show()
    return handle_part(request, form, Done("", reverse("network:stations")), action, show)


def _sheet_page(
    request: MemberRequest, form: SheetForm, rows: list[bulk_opening.SiteRow], confirm: RowsForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    wrong = sum(row.planned is None for row in rows)
    if confirm is None:
        confirm = RowsForm(initial={"rows": json.dumps([list(row.cells) for row in rows])})
    context = {
        "form": form, "confirm": confirm, "rows": Table(_columns(), rows, _("预览")), "wrong": wrong,
        "broken": confirm.errors,
    }  # fmt: skip
    return render(request, "start/sheet.html", context, status=status)


def _columns() -> list[Column]:
    """Return the columns of the preview: each cell with what is wrong with it."""
    return [Column("number", _("行"), kind="number")] + [
        Column(f"cell_{place}", head, value=partial(_checked, place), template="_components/checked_cell.html")
        for place, head in enumerate(_heads())
    ]


def _checked(place: int, row: bulk_opening.SiteRow) -> tuple[str, str]:
    """Return what stands in a row's cell and what is wrong with it; an open code is the one the site will get."""
    text = row.planned.code if place == 0 and row.planned else row.cells[place]
    return text, row.problems.get(place, "")


def _heads() -> list[str]:
    return [_("编号"), _("名称"), _("层级"), _("当地称呼"), _("所在区划"), _("上级站点编号"), _("地址")]


@require_safe
@allow(Permission.STATION_MANAGE)
def template(request: MemberRequest) -> HttpResponse:
    """The Excel file to fill in, with two examples."""
    rows = [
        ("QFS01", "千佛山社工站", "站", "社工站", "千佛山街道", "", "历山路 1 号"),
        ("", "棋盘社工室", "室", "社工室", "千佛山街道", "QFS01", ""),
    ]
    return workbook.answer(_("站点导入模板"), _heads(), rows)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def programme(request: MemberRequest) -> HttpResponse:
    """By which programme the agency works, and what that changes."""
    chosen = programmes.chosen(timezone.localdate())
    offered = published.programmes()
    places = directory.regions({edition.region for edition in offered})
    choices = [
        (edition.key, f"{_(edition.title)}（{places[edition.region].name}）" if edition.region in places
         else _(edition.title)) for edition in offered
    ]  # fmt: skip
    form = ProgrammeForm(request.POST or None, choices=choices, initial={"key": chosen.key if chosen else ""})

    def action(data: dict[str, Any]) -> None:
        programmes.choose(**data, by=request.user)

    text = _(
        "选择后，站点页和人员页按方案的人员配备要求给出提示。它不影响已签的合同：合同写明自己的评估方案。以后可以改选。"
    )
    page = FormPage(_("选择评估方案"), _("选择"), _("评估方案已选择。"), reverse("start:start"), text)
    return handle_form(request, form, page, action)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def sample(request: MemberRequest) -> HttpResponseBase:
    """One click makes the sample client."""
    if request.method != "POST":
        return render(request, "start/sample.html", {"sample": samples.sample()})
    return _make_sample(request)


@act(back="start:stations")
def _make_sample(request: MemberRequest) -> Done:
    client = sample_client.try_out(today=timezone.localdate(), by=request.user)
    return Done(_("示例档案已建立，可以记一次走访试试。"), reverse("clients:client", args=[client.ref]))


@allow(Permission.STATION_MANAGE)
@act(back="start:start")
def clear_sample(request: MemberRequest) -> Done | HttpResponse:
    """Remove the sample and its records."""
    client = samples.sample()
    if client is None:
        return redirect("start:start")
    sample_client.clear(client=client, by=request.user)
    return Done(_("示例档案和它的记录已移除。"), undo=reverse("start:restore_sample", args=[client.ref]))


@allow(Permission.STATION_MANAGE)
@act(back=lambda ref: reverse("start:start"))
def restore_sample(request: MemberRequest, ref: str) -> Done:
    client = Client.objects.filter(ref=ref, is_sample=True).first()
    if client is None or not sample_client.bring_back(client=client, now=timezone.now(), by=request.user):
        raise Refused(_("示例档案不能恢复，可以新建一份。"))
    return Done(_("示例档案已恢复。"))
