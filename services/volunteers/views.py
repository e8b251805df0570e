"""Volunteers: the list, one file, training, hours given."""

from typing import Any

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column
from services.volunteers import actions
from services.volunteers.access import get_volunteer
from services.volunteers.forms import (
    HoursForm,
    LeavingForm,
    TeamForm,
    TrainingForm,
    VolunteerFilter,
    VolunteerForm,
)
from services.volunteers.models import HourRecord, Volunteer

COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="name_key", template="volunteers/_name.html"),
    Column("number", gettext_lazy("编号"), sort="number"),
    Column("phone_masked", gettext_lazy("电话"), wide=True),
    Column(
        "teams",
        gettext_lazy("队伍"),
        value=lambda volunteer: "、".join(team.name for team in volunteer.teams.all()),
        wide=True,
    ),
    Column("site", gettext_lazy("站点"), sort="site__name", value=lambda volunteer: volunteer.site.name),
    Column(
        "verified",
        gettext_lazy("已核实时长（分钟）"),
        sort="verified",
        kind="number",
        value=lambda volunteer: volunteer.verified or 0,
    ),
    Column("registered_on", gettext_lazy("登记日期"), sort="registered_on", wide=True),
]


@allow(Permission.VOLUNTEER_VIEW)
def volunteers(request: MemberRequest) -> HttpResponseBase:
    verified = Sum("hours__minutes", filter=Q(hours__state=HourRecord.State.VERIFIED))
    rows = (
        Volunteer.objects.filter(stopped_on=None)
        .select_related("site")
        .prefetch_related("teams")
        .annotate(verified=verified)
    )
    listing = Listing(
        request, rows, columns=COLUMNS, order="-registered_on",
        search=["name_key", "pinyin", "initials", "number"], form=VolunteerFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("志愿者"))
    context = {
        "list": listing,
        "title": _("志愿者"),
        "hint": _("姓名、拼音、首字母或编号"),
        "act_href": reverse("volunteers:new") if can(request, Permission.VOLUNTEER_MANAGE) else "",
        "act_label": _("登记志愿者"),
        "empty_title": _("还没有志愿者"),
        "empty_text": _("登记志愿者后，可以记录培训和服务时长，核实后计入统计。"),
    }
    return render(request, "volunteers/list.html", context)


@allow(Permission.VOLUNTEER_VIEW)
def volunteer(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_volunteer(request, ref, Permission.VOLUNTEER_VIEW)
    verified = found.hours.filter(state=HourRecord.State.VERIFIED).aggregate(sum=Sum("minutes"))["sum"] or 0
    context = {
        "volunteer": found,
        "hours": found.hours.select_related("site")[:20],
        "verified_hours": verified / 60,
        "trainings": found.trainings.all()[:20],
        "crumbs": [(_("志愿者"), reverse("volunteers:list")), (found.name, "")],
    }
    return render(request, "volunteers/volunteer.html", context)


@allow(Permission.VOLUNTEER_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> str:
        data["teams"] = list(data["teams"])
        found = actions.register(**data, today=timezone.localdate(), by=request.user)
        return reverse("volunteers:volunteer", args=[found.ref])

    words = FormPage(_("登记志愿者"), _("登记志愿者"), _("志愿者已登记。"), reverse("volunteers:list"))
    return handle_form(request, VolunteerForm(request.POST or None), words, action)


@allow(Permission.VOLUNTEER_MANAGE)
def new_team(request: MemberRequest) -> HttpResponse:
    def action(data: dict[str, Any]) -> None:
        actions.form_team(**data, by=request.user)

    words = FormPage(_("成立队伍"), _("成立队伍"), _("队伍已成立。"), reverse("volunteers:list"))
    return handle_form(request, TeamForm(request.POST or None), words, action)


@allow(Permission.VOLUNTEER_MANAGE)
def training(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_volunteer(request, ref, Permission.VOLUNTEER_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.note_training(volunteer=found, **data, today=timezone.localdate(), by=request.user)

    return handle_form(
        request, TrainingForm(request.POST or None), _words(found, _("登记培训"), _("培训已登记。")), action
    )


@allow(Permission.VOLUNTEER_MANAGE)
def record_hours(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_volunteer(request, ref, Permission.VOLUNTEER_MANAGE)
    form = HoursForm(request.POST or None)

    def action(data: dict[str, Any]) -> None:
        today, by = timezone.localdate(), request.user
        actions.record_hours(volunteer=found, site=found.site, **data, today=today, by=by, submission=form.once)

    return handle_form(request, form, _words(found, _("登记时长"), _("时长已登记，等待另一人核实。")), action)


@allow(Permission.VOLUNTEER_MANAGE)
def leave(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_volunteer(request, ref, Permission.VOLUNTEER_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.leave(volunteer=found, **data, by=request.user)

    return handle_form(
        request, LeavingForm(request.POST or None), _words(found, _("登记退出"), _("已登记退出。")), action
    )


def _words(found: Volunteer, submit: str, done: str) -> FormPage:
    return FormPage(found.name, submit, done, reverse("volunteers:volunteer", args=[found.ref]))
