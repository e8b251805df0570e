"""Error pages."""

import sys
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.typed import is_from_here, typed
from config.web import outages


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer for what nobody expected; Django calls this while the exception is still being handled."""
    error = sys.exc_info()[1]
    if error is not None and outages.is_outage(error):
        return outages.answer(request, error)
    if isinstance(error, UnreadablePostError):  # who sent it broke off, or sent too slowly
        return _page(request, 400, BadRequest(_("没有收到完整的内容，请再发一次。")))
    return _page(request, 500, None)


def csrf_failure(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    """The page was left open too long: what was typed is given back; or the form came from elsewhere: it is not."""
    given = typed(request) if is_from_here(request) else []
    return render(request, "403_csrf.html", {"typed": given, "files": bool(request.FILES)}, status=403)


def _page(request: HttpRequest, status: int, exception: Exception | None) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        from common.programs.problems import plain_problem

        return plain_problem(status, str(exception) if status == 400 else "")
    return render(request, f"{status}.html", {"reason": str(exception) if status == 400 else ""}, status=status)
