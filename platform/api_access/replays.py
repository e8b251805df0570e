"""A form sent twice acts once: the browser's side of idempotency.

Every form of the house carries `once`, a token of this filling-in. The first sending that ends in a redirect keeps
where it led; a second one, even at the same moment, is led there too. A sending that was refused keeps nothing.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from api_access.idempotency import answers, digest_of, keep, kept

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReplayMiddleware:
    """Wrap the view of a POST that carries `once` in one transaction with the token's row."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method != "POST" or request.path_info.startswith("/api/") or not request.user.is_authenticated:
            return None
        token = _token(request)
        if token is None:
            return None
        with transaction.atomic():
            mine = {"user": getattr(request.user, "ref", ""), "path": request.path[:200], "key": str(token)}
            request.kept_under = digest_of(**mine)  # type: ignore[attr-defined]
            rows = answers()
            rows.bulk_create([rows.model(**mine, fingerprint="form")], ignore_conflicts=True)
            row = rows.select_for_update().get(**mine)
            if row.status is not None:
                return HttpResponseRedirect(kept(row))
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                keep(row, 302, response.url)
            else:
                row.delete()
            return response


def _token(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return None
