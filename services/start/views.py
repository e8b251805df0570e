"""The first hour: what is done, the next useful step, and the pages that do it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.files import workbook
from common.files.sheets import Unreadable, read_rows
from common.pages.form_page import FormPage, handle_form
from common.pages.notices import notify, show_refusal
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
    found = checklist.steps(timezone.localdate())
    own = [step for step in found if step.href or step.is_done]
    context = {
        "steps": found,
        "next": checklist.next_step(found),
        "done": sum(step.is_done for step in found),
        "all": len(found),
        "own": own,
        "sample": samples.sample(),
        "put_away": FirstHour.objects.filter(put_away_at__isnull=False).exists(),
    }
    return render(request, "start/start.html", context)


@require_POST
@allow(Permission.STATION_MANAGE)
def put_away(request: MemberRequest) -> HttpResponse:
    FirstHour.objects.update_or_create(pk=1, defaults={"put_away_at": timezone.now()})
    notify(request, _("提示条已收起，可以从“开始使用”页再打开。"), undo=reverse("start:show_again"))
    return redirect("home")


@require_POST
@allow(Permission.STATION_MANAGE)
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
    if request.method == "POST" and form.is_valid():
        try:
            made = bulk_opening.open_many(
                plan=[each.planned for each in form.chosen()], agency=_agency(request), today=timezone.localdate(),
                by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            notify(request, _("已启用 %(n)d 个站点，名称和地址可以随时修改。") % {"n": len(made)})
            return redirect("start:start")
    context = {
        "asked": asked, "form": form, "district": directory.full_name(district) if district else "",
        "taken": [each for each in proposals if each.taken], "proposals": proposals,
    }  # fmt: skip
    return render(request, "start/stations.html", context, status=400 if form.errors or asked.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def sheet(request: MemberRequest) -> HttpResponse:
    """A table of stations: uploaded, previewed with what is wrong in which cell, then opened as a whole."""
    today = timezone.localdate()
    near = Tenant.objects.values_list("region", flat=True).get(slug=current_slug())[:4]
    form, confirm, status = SheetForm(), RowsForm(), 400
    rows: list[bulk_opening.Row] = []
    if request.method == "POST" and "rows" in request.POST:
        confirm = RowsForm(request.POST)
        if confirm.is_valid():
            rows = bulk_opening.read(confirm.cleaned_data["rows"], today, near)
            plan = [row.planned for row in rows if row.planned]
            if rows and len(plan) == len(rows):
                try:
                    made = bulk_opening.open_many(plan=plan, agency=_agency(request), today=today, by=request.user)
                except Refused as refusal:
                    show_refusal(request, refusal)
                else:
                    notify(request, _("已启用 %(n)d 个站点。") % {"n": len(made)})
                    return redirect("network:stations")
    elif request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                cells = read_rows(form.cleaned_data["file"].read(), rows=bulk_opening.MOST + 1, columns=20)
            except Unreadable as refusal:
                form.add_error("file", refusal.reasons)
                status = refusal.status
            else:
                rows = bulk_opening.read(cells, today, near)
                if not rows:
                    form.add_error("file", _("文件里没有站点。"))
    wrong = sum(row.planned is None for row in rows)
    if rows and not wrong:
        confirm = RowsForm(initial={"rows": json.dumps([list(row.cells) for row in rows])})
    context = {
        "form": form, "confirm": confirm, "rows": _shown(rows), "wrong": wrong, "heads": _heads(),
        "broken": confirm.errors,
    }  # fmt: skip
    return render(request, "start/sheet.html", context, status=status if form.errors or confirm.errors else 200)


def _shown(rows: list[bulk_opening.Row]) -> list[dict[str, Any]]:
    """Return the rows for the preview: each cell with what is wrong with it; an open code shows the one it will get."""
    return [
        {
            "number": row.number,
            "cells": [
                (row.planned.code if place == 0 and row.planned else text, row.problems.get(place, ""))
                for place, text in enumerate(row.cells)
            ],
        }
        for row in rows
    ]


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
    places = directory.regions({one.region for one in offered})
    choices = [(one.key, f"{_(one.title)}（{places[one.region].name}）" if one.region in places else _(one.title))
               for one in offered]  # fmt: skip
    form = ProgrammeForm(request.POST or None, choices=choices, initial={"key": chosen.key if chosen else ""})

    def action(data: dict[str, Any]) -> None:
        programmes.choose(**data, by=request.user)

    text = _(
        "选择后，站点页和人员页按方案的人员配备要求给出提示。它不影响已签的合同：合同写明自己的评估方案。以后可以改选。"
    )
    words = FormPage(_("选择评估方案"), _("选择"), _("评估方案已选择。"), reverse("start:start"), text)
    return handle_form(request, form, words, action)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.STATION_MANAGE)
def sample(request: MemberRequest) -> HttpResponse:
    """One click makes the sample client."""
    if request.method != "POST":
        return render(request, "start/sample.html", {"sample": samples.sample()})
    try:
        found = sample_client.try_out(today=timezone.localdate(), by=request.user)
    except sample_client.NoStation as refusal:
        show_refusal(request, refusal)
        return redirect("start:stations")
    notify(request, _("示例档案已建立，可以记一次走访试试。"))
    return redirect("clients:client", ref=found.ref)


@require_POST
@allow(Permission.STATION_MANAGE)
def clear_sample(request: MemberRequest) -> HttpResponse:
    """Remove the sample and its records."""
    if found := samples.sample():
        sample_client.clear(client=found, by=request.user)
        notify(request, _("示例档案和它的记录已移除。"), undo=reverse("start:restore_sample", args=[found.ref]))
    return redirect("start:start")


@require_POST
@allow(Permission.STATION_MANAGE)
def restore_sample(request: MemberRequest, ref: str) -> HttpResponse:
    found = Client.objects.filter(ref=ref, is_sample=True).first()
    if found and sample_client.bring_back(client=found, now=timezone.now(), by=request.user):
        notify(request, _("示例档案已恢复。"))
    else:
        show_refusal(request, Refused(_("示例档案不能恢复，可以新建一份。")))
    return redirect("start:start")


def _agency(request: MemberRequest) -> str:
    return request.tenant_name
