"""Ask a fund for something, step by step: for what kind, for whom, how much and why."""

from typing import Any

from django.db.models import F, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission as P
from common.pages import notices
from common.pages.form_page import FormPage, handle_form
from common.refusals import Refused
from services.clients.access import served_clients
from services.clients.models import Client
from services.clients.privacy.sealed import opened
from services.clients.queries import find
from services.grants.access import get_application
from services.grants.act_page import perform_on, user_of
from services.grants.applications import actions
from services.grants.forms import AskForm, NeedForm, ReasonForm
from services.grants.models import Application, Need
from services.people.access import sites_in_reach, staff_of

SHOWN = 20
ICONS = {Need.Kind.PERSON: "clients", Need.Kind.ACTIVITY: "network", Need.Kind.SERVICE: "contract"}


@allow(P.GRANT_APPLY)
def new(request: MemberRequest) -> HttpResponse:
    """Lead from kind to client to form; the address holds what was chosen so far."""
    kind = request.GET.get("kind", "")
    if kind not in Need.Kind.values:
        kinds = [(value, label, ICONS[Need.Kind(value)]) for value, label in Need.Kind.choices]
        return render(request, "grants/kinds.html", {"kinds": kinds})
    client = _chosen(request) if kind == Need.Kind.PERSON else None
    if kind == Need.Kind.PERSON and client is None:
        return _pick(request)
    return _form(request, kind, client)


def _form(request: HttpRequest, kind: str, client: Client | None) -> HttpResponse:
    sites = sites_in_reach(request, timezone.localdate())
    form = NeedForm(request.POST or None, kind=kind, client=client, sites=sites, initial={"site": sites.open().first()})

    def action(data: dict[str, Any]) -> str:
        made = actions.apply(
            wanted=form.wanted(), purpose=data["purpose"], asked=data["asked"], as_draft=data["as_draft"],
            by=user_of(request), submission=form.once,
        )  # fmt: skip
        return reverse("grants:application", args=[made.ref])

    label = str(Need.Kind(kind).label)
    text = f"{label} · {client.name} {client.number}" if client else label
    act = FormPage(_("提出申请"), _("提出申请"), _("申请已保存。"), reverse("grants:list"), text)
    return handle_form(request, form, act, action)


@allow(P.GRANT_APPLY)
def change(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    need = found.need
    names = ("title", "held_on", "provider", "quantity", "unit", "cause", "site")
    initial = {name: getattr(need, name) for name in names}
    initial |= {"purpose": found.purpose, "asked": found.asked, "story": opened(need, "story")}
    form = NeedForm(
        request.POST or None, kind=need.kind, client=need.client, changing=True, initial=initial,
        sites=sites_in_reach(request, timezone.localdate()),
    )  # fmt: skip

    def action(data: dict[str, Any]) -> None:
        actions.change(
            application=found, wanted=form.wanted(), purpose=data["purpose"], asked=data["asked"], by=user_of(request)
        )

    return handle_form(request, form, _words(found, _("修改申请"), _("保存"), _("申请已更新。")), action)


@allow(P.GRANT_APPLY)
def another(request: MemberRequest, ref: str) -> HttpResponse:
    """Ask a second fund for the need of an application."""
    found = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    form = AskForm(request.POST or None)

    def action(data: dict[str, Any]) -> str:
        made = actions.ask_another(need=found.need, **data, by=user_of(request))
        return reverse("grants:application", args=[made.ref])

    act = _words(found, _("向另一基金申请"), _("提出申请"), _("申请已提交。"))
    return perform_on(request, found, form, act, action)


@require_POST
@allow(P.GRANT_APPLY)
def submit(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    try:
        actions.submit(application=found, by=user_of(request))
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notices.notify(request, _("申请已提交，等待评估。"))
    return redirect("grants:application", ref=found.ref)


@allow(P.GRANT_APPLY)
def withdraw(request: MemberRequest, ref: str) -> HttpResponse:
    found = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        for_agency = can(request, P.FUND_MANAGE)
        actions.withdraw(application=found, **data, by=user_of(request), for_agency=for_agency)

    act = _words(found, _("撤回申请"), _("撤回"), _("申请已撤回。"))
    return perform_on(request, found, ReasonForm(request.POST or None), act, action)


def _pick(request: HttpRequest) -> HttpResponse:
    """Whom for: recently served ones first, three keystrokes to anybody else."""
    words = request.GET.get("q", "").strip()[:100]
    known = served_clients(request, timezone.localdate()).filter(state=Client.State.ACTIVE, is_sample=False)
    known = known.select_related("site")
    served = Max("attendances__record__held_at", filter=Q(attendances__record__worker=staff_of(request)))
    ranked = known.annotate(served_at=served).order_by(F("served_at").desc(nulls_last=True), "-opened_on", "-pk")
    clients = find(known, words).order_by("name_key", "pk") if words else ranked
    return render(request, "grants/pick.html", {"words": words, "clients": clients[:SHOWN]})


def _chosen(request: HttpRequest) -> Client | None:
    known = served_clients(request, timezone.localdate()).filter(merged_into=None, is_sample=False)
    return known.filter(ref=request.GET.get("client", "")[:16]).select_related("site").first()


def _words(found: Application, title: str, submit: str, done: str) -> FormPage:
    return FormPage(title, submit, done, reverse("grants:application", args=[found.ref]), found.number)
