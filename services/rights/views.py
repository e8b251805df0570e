"""A person's requests: the list with its deadlines, taking one, and one with what may be done next."""

import datetime as dt
from typing import Any

from django.db.models import Case, DateField, F, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
from services.clients.privacy.sealed import opened
from services.journal import log
from services.rights import actions
from services.rights.access import PERSONS, get_person, get_request, search_persons, visible_requests
from services.rights.forms import OPEN, RequestFilter, TakeForm
from services.rights.models import PersonRequest
from services.rights.rules import WORKING_DAYS

KINDS = {"client": gettext_lazy("服务对象"), "volunteer": gettext_lazy("志愿者"), "staff": gettext_lazy("人员")}
COLUMNS = [
    Column(
        "person",
        gettext_lazy("姓名"),
        value=lambda row: row.person.name,
        href=lambda row: reverse("rights:request", args=[row.ref]),
    ),
    Column("kind", gettext_lazy("请求"), sort="kind", value=label("kind")),
    Column("asker", gettext_lazy("提出人"), value=label("asker"), wide=True),
    Column("received_on", gettext_lazy("收到日期"), sort="received_on", wide=True),
    Column("due_on", gettext_lazy("办理期限"), sort="urgency", template="rights/_due_on.html"),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
]
# What stays after a deletion: rows of (what, until, why), as they are kept in `outcome`.
KEPT_COLUMNS = [
    Column("what", gettext_lazy("内容"), value=lambda kept: kept[0]),
    Column("until", gettext_lazy("保留至"), value=lambda kept: kept[1], template="rights/_until.html"),
    Column("why", gettext_lazy("依据"), value=lambda kept: kept[2]),
]
STEPS = {PersonRequest.State.OPEN: 2, PersonRequest.State.CHECKED: 3}


@allow(Permission.RIGHTS_ANSWER)
def requests(request: MemberRequest) -> HttpResponseBase:
    """The list, what is due first on top: open ones by their deadline, then the answered."""
    rows = visible_requests(request, timezone.localdate()).annotate(
        urgency=Case(When(state__in=OPEN, then=F("due_on")), default=Value(dt.date.max), output_field=DateField())
    )
    listing = Listing(
        request, rows, columns=COLUMNS, order="due_on", form=RequestFilter(request.GET),
        search=["client__name_key", "client__pinyin", "volunteer__name_key", "volunteer__pinyin", "staff__name_key"],
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(
            _("个人信息权利请求"),
            told=lambda: log.write("rights.list.exported", on=request.user, by=request.user, rows=listing.total),
        )
    context = {
        "list": listing,
        "title": _("个人信息请求"),
        "text": _("查阅复制、更正、删除、撤回同意。收到之日起 %(n)d 个工作日内答复。") % {"n": WORKING_DAYS},
        "hint": _("姓名或拼音"),
        "act_href": reverse("rights:pick"),
        "act_label": _("登记请求"),
        "empty_title": _("还没有请求"),
        "empty_text": _("有人要求查看、更正或删除自己的信息时，在这里登记，系统会提醒期限。"),
    }
    return render(request, "list.html", context)


@allow(Permission.RIGHTS_ANSWER)
def pick(request: MemberRequest) -> HttpResponse:
    """Find whose request it is."""
    words = request.GET.get("q", "")[:50]
    persons = [(KINDS[kind], kind, person) for kind, person in search_persons(request, words, timezone.localdate())]
    context = {"persons": persons, "words": words, "title": _("登记请求")}
    return render(request, "rights/pick.html", context)


@allow(Permission.RIGHTS_ANSWER)
def take(request: MemberRequest, kind: str, person_ref: str) -> HttpResponse:
    today = timezone.localdate()
    person = get_person(request, kind, person_ref, today)

    def action(data: dict[str, Any]) -> str:
        person_request = actions.take(person=person, **data, today=today, by=request.user)
        return reverse("rights:request", args=[person_request.ref])

    page = FormPage(
        _("登记请求"), _("登记"), _("请求已登记，请核验提出人的身份。"), reverse("rights:list"), person.name
    )
    return handle_form(request, TakeForm(request.POST or None), page, action)


@allow(Permission.RIGHTS_ANSWER)
def person_request(request: MemberRequest, ref: str) -> HttpResponse:
    row = get_request(request, ref, timezone.localdate())
    refs = [row.taken_by, row.checked_by, row.answered_by]
    names = dict(User.objects.filter(ref__in=[ref for ref in refs if ref]).values_list("ref", "name"))
    kind = next(name for name in PERSONS if getattr(row, f"{name}_id"))
    context = {
        "person_request": row,
        "person": row.person,
        "person_kind": KINDS[kind],
        "kind": kind,
        "asker_name": opened(row, "asker"),
        "words": opened(row, "words"),
        "answer": opened(row, "answer"),
        "taken_by": names.get(row.taken_by, ""),
        "checked_by": names.get(row.checked_by, ""),
        "answered_by": names.get(row.answered_by, ""),
        "steps": [_("登记"), _("核验身份"), _("办理"), _("办结")],
        "current": STEPS.get(PersonRequest.State(row.state), 4),
        "kept": Table(KEPT_COLUMNS, row.outcome.get("kept", []), _("删除的结果")),
        "emptied": sum(row.outcome.get("emptied", {}).values()),
        "crumbs": [(_("个人信息请求"), reverse("rights:list")), (row.person.name, "")],
    }
    return render(request, "rights/request.html", context)
