"""A person's consents: what stands, and giving and withdrawing in the same two steps."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow
from accounts.models import User
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from services.clients.privacy import consents
from services.rights.access import get_person
from services.rights.forms import ConsentForm
from services.rights.views import KINDS


@allow(Permission.RIGHTS_ANSWER)
def consents_of(request: MemberRequest, kind: str, person: str) -> HttpResponse:
    about = _person(request, kind, person)
    context = {
        "person": about,
        "kind": kind,
        "rows": about.consents.order_by("-pk"),
        "crumbs": [(KINDS[kind], reverse(f"{kind}s:{kind}", args=[about.ref])), (about.name, "")],
    }
    return render(request, "rights/consents.html", context)


@allow(Permission.RIGHTS_ANSWER)
def give(request: MemberRequest, kind: str, person: str) -> HttpResponse:
    return _note(request, kind, person, _("登记同意"), _("同意已登记。"), consents.give)


@allow(Permission.RIGHTS_ANSWER)
def withdraw(request: MemberRequest, kind: str, person: str) -> HttpResponse:
    return _note(request, kind, person, _("登记撤回"), _("已撤回，立即生效。"), consents.withdraw)


def _note(request: HttpRequest, kind: str, person: str, title: str, done: str, act: Callable[..., Any]) -> HttpResponse:
    about = _person(request, kind, person)

    def action(data: dict[str, Any]) -> None:
        assert isinstance(request.user, User)
        act(person=about, **data, by=request.user)

    back = reverse("rights:consents", args=[kind, about.ref])
    return handle_form(
        request, ConsentForm(request.POST or None), FormPage(title, title, done, back, about.name), action
    )


def _person(request: HttpRequest, kind: str, person: str) -> Any:
    if kind == "staff":
        raise Http404
    return get_person(request, kind, person, timezone.localdate())
