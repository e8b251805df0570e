"""A person's consents: what stands, and giving and withdrawing in the same two steps."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages import tones
from common.pages.form_page import FormPage, handle_form
from common.pages.table import Column, Table, label
from services.clients.privacy import consents
from services.rights.access import get_person
from services.rights.forms import ConsentForm
from services.rights.views import KINDS

CONSENT_COLUMNS = [
    Column("purpose", gettext_lazy("用途"), value=label("purpose")),
    Column("given_on", gettext_lazy("同意"), template="rights/_given.html"),
    Column("withdrawn_on", gettext_lazy("撤回"), template="rights/_withdrawn.html"),
    Column(
        "state",
        gettext_lazy("状态"),
        value=lambda consent: _("已撤回") if consent.withdrawn_on else _("有效"),
        kind="state",
        tone=lambda consent: tones.WARN if consent.withdrawn_on else tones.GOOD,
    ),
]


@allow(Permission.RIGHTS_ANSWER)
def consents_of(request: MemberRequest, kind: str, person_ref: str) -> HttpResponse:
    person = _person(request, kind, person_ref)
    context = {
        "person": person,
        "kind": kind,
        "consents": Table(CONSENT_COLUMNS, list(person.consents.order_by("-pk")), _("同意与撤回")),
        "crumbs": [(KINDS[kind], reverse(f"{kind}s:{kind}", args=[person.ref])), (person.name, "")],
    }
    return render(request, "rights/consents.html", context)


@allow(Permission.RIGHTS_ANSWER)
def give(request: MemberRequest, kind: str, person_ref: str) -> HttpResponse:
    return _note(request, kind, person_ref, _("登记同意"), _("同意已登记。"), consents.give)


@allow(Permission.RIGHTS_ANSWER)
def withdraw(request: MemberRequest, kind: str, person_ref: str) -> HttpResponse:
    return _note(request, kind, person_ref, _("登记撤回"), _("已撤回，立即生效。"), consents.withdraw)


def _note(
    request: MemberRequest, kind: str, person_ref: str, title: str, done: str, note: Callable[..., Any]
) -> HttpResponse:
    person = _person(request, kind, person_ref)

    def action(data: dict[str, Any]) -> None:
        note(person=person, **data, by=request.user)

    back = reverse("rights:consents", args=[kind, person.ref])
    return handle_form(
        request, ConsentForm(request.POST or None), FormPage(title, title, done, back, person.name), action
    )


def _person(request: HttpRequest, kind: str, person_ref: str) -> Any:
    if kind == "staff":
        raise Http404
    return get_person(request, kind, person_ref, timezone.localdate())
