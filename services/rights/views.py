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
from common.pages.table import Column, label
from services.clients.privacy.sealed import opened
from services.journal import log
from services.rights import actions
from services.rights.access import PERSONS, found_persons, get_person, get_request, visible_requests
from services.rights.forms import OPEN, RequestFilter, TakeForm
from services.rights.models import PersonRequest
from services.rights.rules import WORKING_DAYS

KINDS = {"client": gettext_lazy("服务对象"), "volunteer": gettext_lazy("志愿者"), "staff": gettext_lazy("人员")}
COLUMNS = [
    Column("person", gettext_lazy("姓名"), value=lambda row: row.person.name),
    Column("kind", gettext_lazy("请求"), sort="kind", value=label("kind")),
    Column("asker", gettext_lazy("提出人"), value=label("asker"), wide=True),
    Column("received_on", gettext_lazy("收到日期"), sort="received_on", wide=True),
    Column("due_on", gettext_lazy("办理期限"), sort="urgency"),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
]


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
    return render(request, "rights/list.html", context)


@allow(Permission.RIGHTS_ANSWER)
def pick(request: MemberRequest) -> HttpResponse:
    """Find whose request it is."""
    words = request.GET.get("q", "")[:50]
    found = [(KINDS[kind], kind, each) for kind, each in found_persons(request, words, timezone.localdate())]
    context = {"found": found, "words": words, "title": _("登记请求")}
    return render(request, "rights/pick.html", context)


@allow(Permission.RIGHTS_ANSWER)
def take(request: MemberRequest, kind: str, person: str) -> HttpResponse:
    today = timezone.localdate()
    about = get_person(request, kind, person, today)

    def action(data: dict[str, Any]) -> str:
        made = actions.take(person=about, **data, today=today, by=request.user)
        return reverse("rights:request", args=[made.ref])

    words = FormPage(
        _("登记请求"), _("登记"), _("请求已登记，请核验提出人的身份。"), reverse("rights:list"), about.name
    )
    return handle_form(request, TakeForm(request.POST or None), words, action)


@allow(Permission.RIGHTS_ANSWER)
def one(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_request(request, ref, timezone.localdate())
    refs = [found.taken_by, found.checked_by, found.answered_by]
    names = dict(User.objects.filter(ref__in=[each for each in refs if each]).values_list("ref", "name"))
    kind = next(name for name in PERSONS if getattr(found, f"{name}_id"))
    context = {
        "one": found,
        "person": found.person,
        "person_kind": KINDS[kind],
        "kind": kind,
        "asker_name": opened(found, "asker"),
        "words": opened(found, "words"),
        "answer": opened(found, "answer"),
        "taken_by": names.get(found.taken_by, ""),
        "checked_by": names.get(found.checked_by, ""),
        "answered_by": names.get(found.answered_by, ""),
        "steps": [_("登记"), _("核验身份"), _("办理"), _("办结")],
        "current": {PersonRequest.State.OPEN: 2, PersonRequest.State.CHECKED: 3}.get(found.state, 4),  # type: ignore[call-overload]
        "kept": found.outcome.get("kept", []),
        "emptied": sum(found.outcome.get("emptied", {}).values()),
        "crumbs": [(_("个人信息请求"), reverse("rights:list")), (found.person.name, "")],
    }
    return render(request, "rights/request.html", context)
