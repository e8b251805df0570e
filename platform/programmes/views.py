"""Anybody's pages: which programmes there are, and every rule of one with its clause."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from programmes import door
from programmes.measures import MEASURES

DECIDED_BY: Final = {
    "chair": gettext_lazy("主任委员一人"),
    "majority": gettext_lazy("过半数委员"),
    "two_thirds": gettext_lazy("三分之二以上委员"),
}


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """Every programme, its newest edition."""
    context = {
        "programmes": door.programmes(),
        "fund_rules": door.programmes(kind="funds"),
        "layout": _layout(request),
    }
    return render(request, "programmes/list.html", context)


@require_safe
def programme(request: HttpRequest, key: str) -> HttpResponse:
    """One programme: the newest edition, or the one with ?digest=.

    :raises Http404: for an unknown key or digest.
    """
    try:
        found = door.programme(key, request.GET.get("digest", ""))
    except door.UnknownProgramme:
        raise Http404 from None
    context = {
        "programme": found,
        "editions": door.editions(key),
        "measures": MEASURES,
        "layout": _layout(request),
        "crumbs": [(_("评估方案"), reverse("programmes:list")), (_(found.title), "")],
    }
    page = "programmes/fund_rules.html" if found.kind == "funds" else "programmes/programme.html"
    return render(request, page, {**context, "decided_by": DECIDED_BY})


def _layout(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_public.html"
