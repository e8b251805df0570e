"""The page of one act on an application: what it is about stands above the form, and the act is bound to it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import User
from common.pages.form_page import FormPage
from common.pages.forms import HouseForm
from common.pages.notices import notify
from common.refusals import Refused
from services.clients.privacy.sealed import opened
from services.grants import access, workflow
from services.grants.forms import SeenForm
from services.grants.guards.page_digest import StalePage
from services.grants.models import Application


def user_of(request: HttpRequest) -> User:
    """Return the signed-in person."""
    assert isinstance(request.user, User)
    return request.user


def face(request: HttpRequest, application: Application) -> dict[str, Any]:
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


def perform_on(
    request: HttpRequest,
    application: Application,
    form: HouseForm,
    act: FormPage,
    do: Callable[[dict[str, Any]], str | None],
    now_shown: str = "",
    **more: Any,
) -> HttpResponse:
    """Answer as `common.pages.form_page.perform`, with the application above the form.

    A page that became stale is shown anew as it is now; sending it again then decides on what is shown.
    """
    if request.method == "POST" and form.is_valid():
        try:
            there = do(form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
            if isinstance(refusal, StalePage) and isinstance(form, SeenForm):
                form.data = {**form.data.dict(), "seen": now_shown}
        else:
            notify(request, act.done)
            return redirect(there or act.cancel)
    shown = {"form": form, "title": act.title, "text": act.text, "submit": act.submit, "cancel": act.cancel}
    return render(request, "grants/act.html", {**face(request, application), **shown, **more})
