"""The page of one act on an application: what it is about stands above the form, and the act is bound to it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from common.pages.form_page import FormPage, handle_form
from common.pages.forms import HouseForm
from services.clients.privacy.sealed import opened
from services.grants import access, workflow
from services.grants.models import Application


def detail_context(request: HttpRequest, application: Application) -> dict[str, Any]:
    """Return what this person sees of an application: the client only if they may know of them, the words likewise."""
    need = application.need
    knows = bool(access.known_clients(request, [application], timezone.localdate()))
    secret = need.client is not None and need.client.is_restricted and not knows
    reads = access.reads_story(request, application, knows)
    return {
        "application": application,
        "need": need,
        "client": need.client if knows else None,
        "cause": "" if secret else need.get_cause_display(),
        "place": "" if secret else need.site.name,
        "secret": secret,
        "reads": reads,
        "story": opened(need, "story") if reads else "",
        "findings": opened(application, "findings") if reads else "",
        "steps": workflow.STEPS,
        "current": workflow.STEP_OF.get(application.state, 0),
    }


def page_of(application: Application, title: str, submit: str, done: str) -> FormPage:
    """Return the page of an act on an application, which leads back to the application."""
    url = reverse("grants:application", args=[application.ref])
    return FormPage(title, submit, done, url, application.number, template="grants/act.html")


def handle_act(
    request: HttpRequest,
    application: Application,
    form: HouseForm,
    page: FormPage,
    action: Callable[[dict[str, Any]], str | None],
    **extra_context: Any,
) -> HttpResponse:
    """Answer as `common.pages.form_page.handle_form` does, with the application above the form."""
    return handle_form(request, form, page, action, {**detail_context(request, application), **extra_context})
