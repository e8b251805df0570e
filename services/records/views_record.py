"""Recording, one question a page: what, for whom, when and how long. Works on a phone without JavaScript."""

import datetime as dt
from typing import Any

from django.db.models import F, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done
from common.pages.form_page import FormPage, handle_form
from services.clients.access import served_clients, visible_clients
from services.clients.models import Client
from services.clients.privacy.sealed import opened
from services.clients.queries import find
from services.people.access import posted_site, sites_in_reach, staff_of
from services.records import actions, queries
from services.records.access import get_own_record
from services.records.forms import CorrectionForm, ServiceForm, usual
from services.records.models import Kind, ServiceRecord
from services.records.rules import KNOWN_ONLY, NEEDS_ONE_CLIENT, NO_CLIENTS, ONE_HOME
from services.records.views import needs_countersign

SHOWN = 20
MOST_SHOWN = 400  # beyond that one searches: a phone would load thousands of boxes
ICONS = {
    Kind.HOME_VISIT: "household",
    Kind.CONSULTATION: "info",
    Kind.CASEWORK_SESSION: "clients",
    Kind.GROUP_SESSION: "members",
    Kind.COMMUNITY_ACTIVITY: "network",
    Kind.JOINT_MEETING: "staff",
    Kind.TRAINING: "programme",
    Kind.REFERRAL: "export",
}


@allow(Permission.RECORD_WRITE)
def new(request: MemberRequest) -> HttpResponse:
    """Lead from kind to client to form; the address holds what was chosen so far."""
    if staff_of(request) is None:
        return render(request, "records/no_file.html", {"title": _("记录服务")})
    kind = request.GET.get("kind", "")
    if kind not in Kind.values:
        kinds = [(value, label, ICONS[Kind(value)]) for value, label in Kind.choices]
        return render(request, "records/kinds.html", {"kinds": kinds, "client": request.GET.get("client", "")})
    clients = _chosen(request)
    still_picking = "find" in request.GET or "more" in request.GET
    answered = "client" in request.GET or "none" in request.GET or kind in NO_CLIENTS
    if not answered or still_picking or not _enough(kind, clients):
        return _pick(request, kind, clients)
    return _form(request, kind, clients)


def _enough(kind: str, clients: tuple[Client, ...]) -> bool:
    """Tell whether the form can be shown for these clients, or somebody has to be picked first."""
    if kind in NEEDS_ONE_CLIENT:
        return len(clients) == 1
    return bool(clients) or kind not in ONE_HOME


@allow(Permission.RECORD_WRITE)
def correct(request: MemberRequest, ref: str) -> HttpResponse:
    today = timezone.localdate()
    record = get_own_record(request, ref, today)
    clients = tuple(attendance.client for attendance in record.attendances.all())
    fields = ("held_at", "minutes", "setting", "others", "site")
    form = CorrectionForm(
        request.POST or None,
        kind=record.kind,
        clients=clients,
        family=_family(request, record.kind, clients),
        sites=sites_in_reach(request, today),
        initial={**{name: getattr(record, name) for name in fields}, "note": opened(record, "note")},
    )

    def action(data: dict[str, Any]) -> None:
        actions.correct_record(
            record=record,
            service=form.service(record.worker),
            reason=data["reason"],
            now=timezone.now(),
            by=request.user,
            needs_countersign=needs_countersign(request),
        )

    page = FormPage(
        _("更正记录"), _("更正"), _("记录已更正，原来的内容保留在经过里。"),
        reverse("records:record", args=[record.ref]), record.get_kind_display(),
    )  # fmt: skip
    return handle_form(request, form, page, action)


def _pick(request: HttpRequest, kind: str, chosen: tuple[Client, ...]) -> HttpResponse:
    """Whom for: recent ones first, three keystrokes to anybody else. Who was ticked stays ticked while one searches."""
    words = request.GET.get("q", "").strip()[:100]
    more = request.GET.get("more", "")
    shown = min(int(more), MOST_SHOWN) if more.isascii() and more.isdigit() and len(more) < 6 else SHOWN
    suggested = _suggested(request, words).exclude(pk__in=[client.pk for client in chosen])
    rows = list(suggested[: shown + 1])
    context = {
        "kind": kind,
        "label": Kind(kind).label,
        "words": words,
        "chosen": chosen,
        "clients": rows[:shown],
        "more": shown + SHOWN if len(rows) > shown and shown < MOST_SHOWN else 0,
        "single": kind in KNOWN_ONLY,
        "steps": _steps(),
    }
    return render(request, "records/pick.html", context)


def _suggested(request: HttpRequest, words: str) -> "QuerySet[Client]":
    """Return clients found by `words`; without words those this worker served last, then their other ones."""
    staff = staff_of(request)
    today = timezone.localdate()
    in_reach = served_clients(request, today).filter(state=Client.State.ACTIVE).select_related("site")
    if words:
        return find(in_reach, words).order_by("name_key", "pk")
    served = Max("attendances__record__held_at", filter=Q(attendances__record__worker=staff))
    return in_reach.annotate(served_at=served).order_by(F("served_at").desc(nulls_last=True), "-opened_on", "-pk")


def _family(request: HttpRequest, kind: str, clients: tuple[Client, ...]) -> list[Client]:
    """Return who else of the visited household may be recorded along; nobody for other kinds of service."""
    homes = {client.household_id for client in clients}
    if kind not in ONE_HOME or len(homes) != 1 or None in homes:
        return []
    in_reach = served_clients(request, timezone.localdate()).filter(state=Client.State.ACTIVE, household__in=homes)
    return list(in_reach.exclude(pk__in=[client.pk for client in clients]).order_by("pk"))


def _form(request: MemberRequest, kind: str, clients: tuple[Client, ...]) -> HttpResponse:
    staff = staff_of(request)
    assert staff is not None  # `new` has sent those without a staff file away
    now, today = timezone.now(), timezone.localdate()
    site = clients[0].site if clients else posted_site(staff, today)
    busy = queries.busy(staff, now - dt.timedelta(days=1), now)
    form = ServiceForm(
        request.POST or None,
        kind=kind,
        clients=clients,
        family=_family(request, kind, clients),
        sites=sites_in_reach(request, today),
        initial={**usual(kind, now, busy), "site": site},
    )

    def action(data: dict[str, Any]) -> Done:
        record = actions.record_service(
            service=form.service(staff),
            now=now,
            by=request.user,
            needs_countersign=needs_countersign(request),
            submission=form.once,
        )
        page, undo = (reverse(f"records:{name}", args=[record.ref]) for name in ("record", "undo"))
        return Done(_recorded(record, clients), page, undo)

    page = FormPage(
        str(Kind(kind).label), _("记录"), _("已记录。"), reverse("records:list"), template="records/form.html"
    )
    return handle_form(request, form, page, action, {"clients": clients, "steps": _steps()})


def _recorded(record: ServiceRecord, clients: tuple[Client, ...]) -> str:
    """Return what is said after recording."""
    if any(client.is_sample for client in clients):
        return _("示例已记录，不计入任何统计。")
    if record.state == ServiceRecord.State.WAITING:
        return _("已记录，等待签核。")
    return _("已记录，并计入合同进度。")


def _steps() -> list[str]:
    return [_("类型"), _("服务对象"), _("时间和内容")]


def _chosen(request: HttpRequest) -> tuple[Client, ...]:
    """Return the chosen clients one may know of; refs of others are as if not given."""
    refs = request.GET.getlist("client")[:500]
    if not refs:
        return ()
    return tuple(visible_clients(request, timezone.localdate()).filter(ref__in=refs).select_related("site"))
