"""The page of one act: show its form, do it, say so, go on; a refusal comes back into the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        try:
            done = action(form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if not isinstance(done, Done):
                done = Done(page.done, url=done or "", undo=page.undo)
            notify(request, done.text, undo=done.undo)
            return redirect(done.url or page.cancel)
    shown = {"form": form, "title": page.title, "text": page.text, "submit": page.submit, "cancel": page.cancel}
    return form.answered(render(request, page.template, {**(extra_context or {}), **shown}))
