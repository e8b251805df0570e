"""An act behind a button: do it, say so, go on; a refusal is said as a refusal, on the page one came from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.views.decorators.http import require_POST

from common.pages.notices import notify, show_refusal
from common.refusals import Refused

Params = ParamSpec("Params")
Request = TypeVar("Request", bound=HttpRequest)


@dataclass(frozen=True)
class Done:
    """How an act ended well: the sentence that is said, where to go ('' = back), and the path that takes it back."""

    text: str
    url: str = ""
    undo: str = ""


def act(
    back: Any,
) -> Callable[
    [Callable[Concatenate[Request, Params], Done | HttpResponseBase]],
    Callable[Concatenate[Request, Params], HttpResponseBase],
]:
    """Make a view of an act that takes nothing but a POST. It stands below `allow`.

    The view returns Done, or an answer of its own; the actions it calls may raise Refused, and then every reason is
    shown on `back`, in the colour of a refusal.

    :param back: the page the button stands on: the name of an address that takes what this one takes, a path
        (`reverse_lazy("volunteers:hours")`), or a function of what this one takes.
    """

    def make(
        view: Callable[Concatenate[Request, Params], Done | HttpResponseBase],
    ) -> Callable[Concatenate[Request, Params], HttpResponseBase]:
        @require_POST
        @wraps(view)
        def acted(request: Request, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            page = back(*args, **kwargs) if callable(back) else resolve_url(back, *args, **kwargs)
            try:
                done = view(request, *args, **kwargs)
            except Refused as refusal:
                show_refusal(request, refusal)
                return redirect(page)
            if isinstance(done, HttpResponseBase):
                return done
            notify(request, done.text, undo=done.undo)
            return redirect(done.url or page)

        return acted

    return make
