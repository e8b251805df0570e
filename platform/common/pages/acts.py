"""The page of one act: show its form, do it, say so, go on; a refusal comes back into the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.pages.forms import HouseFormMixin
from common.pages.notices import say
from common.refusals import Refused


@dataclass(frozen=True)
class Act:
    """What the page says. `title` stands on top with `text` below it, `submit` on the button, `done` afterwards.

    `cancel` is where one goes without acting; `undo`, if any, the path that takes the act back. `page` is a template
    that extends form_page.html where more stands beside the form.
    """

    title: str
    submit: str
    done: str
    cancel: str
    text: str = ""
    undo: str = ""
    page: str = "form_page.html"


def perform(
    request: HttpRequest,
    form: HouseFormMixin,
    act: Act,
    do: Callable[[dict[str, Any]], str | None],
    beside: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer GET with the form and a good POST with `do(cleaned_data)`, which returns where to go (None: `act.cancel`).

    `do` may raise Refused: its reasons are shown in the form and nothing typed is lost. `beside` is what `act.page`
    shows besides the form; a POST that only asks to look (`look` in it) is answered with the page and acts on nothing.
    """
    if request.method == "POST" and form.is_valid() and "look" not in request.POST:
        try:
            there = do(form.cleaned_data)
        except Refused as no:
            form.refuse(no)
        else:
            say(request, act.done, undo=act.undo)
            return redirect(there or act.cancel)
    shown = {"form": form, "title": act.title, "text": act.text, "submit": act.submit, "cancel": act.cancel}
    return form.answered(render(request, act.page, {**(beside or {}), **shown}))
