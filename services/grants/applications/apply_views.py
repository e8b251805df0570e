"""Ask a fund for something, step by step: for what kind, for whom, how much and why."""

from dataclasses import replace
from typing import Any

from django.db.models import F, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission as P
from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form
from services.clients.access import served_clients
from services.clients.models import Client
from services.clients.privacy.sealed import opened
from services.clients.queries import find
from services.grants.access import get_application
from services.grants.act_page import handle_act, page_of
from services.grants.applications import actions
from services.grants.forms import ApplicationReasonForm, AskForm, NeedForm
from services.grants.models import Need
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


def _form(request: MemberRequest, kind: str, client: Client | None) -> HttpResponse:
    sites = sites_in_reach(request, timezone.localdate())
    form = NeedForm(request.POST or None, kind=kind, client=client, sites=sites, initial={"site": sites.open().first()})

    def action(data: dict[str, Any]) -> str:
        application = actions.apply(
            wanted=form.wanted(), purpose=data["purpose"], asked=data["asked"], as_draft=data["as_draft"],
            by=request.user, submission=form.once,
        )  # fmt: skip
        return reverse("grants:application", args=[application.ref])

    label = str(Need.Kind(kind).label)
    text = f"{label} · {client.name} {client.number}" if client else label
    page = FormPage(_("提出申请"), _("提出申请"), _("申请已保存。"), reverse("grants:list"), text)
    return handle_form(request, form, page, action)


@allow(P.GRANT_APPLY)
def change(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    need = application.need
    names = ("title", "held_on", "provider", "quantity", "unit", "cause", "site")
    initial = {name: getattr(need, name) for name in names}
    initial |= {"purpose": application.purpose, "asked": application.asked, "story": opened(need, "story")}
    form = NeedForm(
        request.POST or None, kind=need.kind, client=need.client, changing=True, initial=initial,
        sites=sites_in_reach(request, timezone.localdate()),
    )  # fmt: skip

    def action(data: dict[str, Any]) -> None:
        actions.change(
            application=application, wanted=form.wanted(), purpose=data["purpose"], asked=data["asked"], by=request.user
        )

    page = replace(page_of(application, _("修改申请"), _("保存"), _("申请已更新。")), template="form_page.html")
    return handle_form(request, form, page, action)


@allow(P.GRANT_APPLY)
def another(request: MemberRequest, ref: str) -> HttpResponse:
    """Ask a second fund for the need of an application."""
    application = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    form = AskForm(request.POST or None)

    def action(data: dict[str, Any]) -> str:
        other = actions.ask_another(need=application.need, **data, by=request.user)
        return reverse("grants:application", args=[other.ref])

    page = page_of(application, _("向另一基金申请"), _("提出申请"), _("申请已提交。"))
    return handle_act(request, application, form, page, action)


@allow(P.GRANT_APPLY)
@act(back="grants:application")
def submit(request: MemberRequest, ref: str) -> Done:
    application = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())
    actions.submit(application=application, by=request.user)
    return Done(_("申请已提交，等待评估。"))


@allow(P.GRANT_APPLY)
def withdraw(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        for_agency = can(request, P.FUND_MANAGE)
        actions.withdraw(application=application, **data, by=request.user, for_agency=for_agency)

    page = page_of(application, _("撤回申请"), _("撤回"), _("申请已撤回。"))
    return handle_act(request, application, ApplicationReasonForm(request.POST or None), page, action)


def _pick(request: HttpRequest) -> HttpResponse:
    """Whom for: recently served ones first, three keystrokes to anybody else."""
    words = request.GET.get("q", "").strip()[:100]
    served = served_clients(request, timezone.localdate()).filter(state=Client.State.ACTIVE, is_sample=False)
    served = served.select_related("site")
    served_at = Max("attendances__record__held_at", filter=Q(attendances__record__worker=staff_of(request)))
    ranked = served.annotate(served_at=served_at).order_by(F("served_at").desc(nulls_last=True), "-opened_on", "-pk")
    clients = find(served, words).order_by("name_key", "pk") if words else ranked
    return render(request, "grants/pick.html", {"words": words, "clients": clients[:SHOWN]})


def _chosen(request: HttpRequest) -> Client | None:
    served = served_clients(request, timezone.localdate()).filter(merged_into=None, is_sample=False)
    return served.filter(ref=request.GET.get("client", "")[:16]).select_related("site").first()
