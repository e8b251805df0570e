"""Anybody's pages: which programmes there are, and every rule of one with its clause."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from programmes import door, tables
from programmes.measures import MEASURES


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """Every programme, its newest edition."""
    context = {
        "programmes": tables.programmes_table(door.programmes()),
        "fund_rules": tables.fund_rules_table(door.programmes(kind="funds")),
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
    if found.kind == "funds":
        context |= {"limits": tables.limits_table(found), "ladder": tables.ladder_table(found)}
        return render(request, "programmes/fund_rules.html", context)
    context |= {
        "mark_rule": tables.mark_rule(found),
        "parties": tables.PARTIES,
        "grades": tables.grades_table(found),
        "vetoes": tables.vetoes_table(found),
        "services": tables.services_table(found),
        "provisions": tables.provisions_table(found),
    }
    return render(request, "programmes/programme.html", context)


def _layout(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_public.html"
