"""A lapsed plan closes a workroom for writing, never for reading, export, paying or a person's rights."""

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import set_urlconf
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from billing.plans import usage
from billing.plans.entitlement import OPEN, entitlement_of
from billing.rules import Entitlement
from common.typed import typed
from tenants.running import current

GetResponse = Callable[[HttpRequest], HttpResponseBase]
READS = ("GET", "HEAD", "OPTIONS")
# What stays open to everybody: signing in and out, language, filters, the plan itself, leaving and export, a person's
# rights, and asking to see a sealed field (a look that is logged).
ALWAYS = (
    "/accounts/", "/i18n/", "/filters/", "/list-files/", "/look/", "/plan/", "/leaving/", "/rights/", "/api/v1/auth/",
)  # fmt: skip
ALWAYS_ENDS = ("/reveal/", "/export/")


class PlanMiddleware:
    """Put what the plan allows on the request; where it is for reading only, answer a write with 402 and give back
    what was typed, to be sent again once the plan is in order."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = current()
        if place is None or place.is_public:
            request.entitlement = OPEN  # type: ignore[attr-defined]
            return self.get_response(request)
        slug = place.slug
        request.entitlement = SimpleLazyObject(lambda: entitlement_of(slug))  # type: ignore[attr-defined]
        usage.count_request()
        if request.method not in READS and not _always(request.path_info) and entitlement_of(slug).is_read_only:
            return _refusal(request, entitlement_of(slug))
        return self.get_response(request)


def _always(path: str) -> bool:
    return path.startswith(ALWAYS) or path.endswith(ALWAYS_ENDS)


def _refusal(request: HttpRequest, entitlement: Entitlement) -> HttpResponseBase:
    if request.path_info.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": _("工作台目前只读。"),
            "status": 402,
            "detail": _("请保留这条内容，套餐恢复后重新发送。"),
            "cause": str(entitlement.cause),
        }
        return JsonResponse(body, status=402, content_type="application/problem+json")
    given = {"typed": typed(request), "path": request.get_full_path(), "files": bool(request.FILES)}
    set_urlconf(getattr(request, "urlconf", None))  # no view is resolved yet, and the page links to this host's
    return render(request, "billing/read_only.html", {"entitlement": entitlement, **given}, status=402)
