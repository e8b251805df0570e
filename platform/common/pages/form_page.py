"""An act with a form: show the form, do it, say so, go on; a refusal comes back into the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.pages.acts import Done
from common.pages.forms import HouseFormMixin
from common.pages.notices import notify
from common.refusals import Refused


@dataclass(frozen=True)
class FormPage:
    """What the page says. `title` stands on top with `text` below it, `submit` on the button, `done` afterwards.

    `cancel` is where one goes without acting; `undo`, if any, the path that takes the act back. `template` extends
    form_page.html where more stands beside the form.
    """

    title: str
    submit: str
    done: str
    cancel: str
    text: str = ""
    undo: str = ""
    template: str = "form_page.html"


def handle_form(
    request: HttpRequest,
    form: HouseFormMixin,
    page: FormPage,
    action: Callable[[dict[str, Any]], Done | str | None],
    extra_context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer GET with the form and a good POST with `action(cleaned_data)`.

    The action returns where to go (None: `page.cancel`), or a Done where what is said depends on what was done. It may
    raise Refused: its reasons are shown in the form and nothing typed is lost. `extra_context` is what `page.template`
    shows besides the form; a POST that only asks to look (`look` in it) is answered with the page and acts on nothing.
    """
    done = Done(page.done, page.cancel, page.undo)
    if "look" not in request.POST and (answer := _acted(request, form, action, done)):
        return answer
    shown = {"form": form, "title": page.title, "text": page.text, "submit": page.submit, "cancel": page.cancel}
    return form.answered(render(request, page.template, {**(extra_context or {}), **shown}))


def handle_part(
    request: HttpRequest,
    form: HouseFormMixin,
    done: Done,
    action: Callable[[dict[str, Any]], Done | str | None],
    show: Callable[[], HttpResponse],
) -> HttpResponse:
    """Handle a form that stands among other things of a page: `show` draws that page with the form in it.

    The rest is as in `handle_form`; `done.url` is where one goes afterwards.
    """
    return _acted(request, form, action, done) or form.answered(show())


def _acted(
    request: HttpRequest, form: HouseFormMixin, action: Callable[[dict[str, Any]], Done | str | None], done: Done
) -> HttpResponse | None:
    """Do what a good POST asks for; None where the form is to be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        outcome = action(form.cleaned_data)
    except Refused as refusal:
        form.refuse(refusal)
        return None
    if not isinstance(outcome, Done):
        outcome = replace(done, url=outcome or done.url)
    notify(request, outcome.text, undo=outcome.undo)
    return redirect(outcome.url or done.url)
