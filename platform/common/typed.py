"""What was typed into a form that could not be taken, given back to who sent it."""

from typing import Final

from django.http import HttpRequest

NOT_KEPT: Final = ("csrfmiddlewaretoken", "once", "password", "old_password")


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a POST as (name, value), without passwords and the form's own tokens."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not any(name.startswith(kept) or name.endswith("password") for kept in NOT_KEPT)
    ]


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser says that the form stood on a page of this very host: another's is shown to nobody."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
