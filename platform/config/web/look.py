"""Pages of the frame itself: where one's work begins, the large-type switch, the gallery of components."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.web.gallery import sample_context
from config.web.menu import menu

YEAR = 365 * 24 * 60 * 60


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Lead a person from the public pages to where their own work begins."""
    return HttpResponseRedirect(menu(request).work)


@require_POST
def type_size(request: HttpRequest) -> HttpResponse:
    """Turn 大字版 on or off for this browser and go back to the page."""
    there = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        there = "/"
    response = HttpResponseRedirect(there)
    if request.POST.get("size") == "large":
        response.set_cookie("type", "large", max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    else:
        response.delete_cookie("type", samesite="Lax")
    return response


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show each component with its states; in the demo only.

    :raises Http404: elsewhere.
    """
    if not settings.DEMO:
        raise Http404
    return render(request, "gallery.html", sample_context(request))


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """A browser that shows what is no page of ours (a file, an answer to a program) asks for the mark by this name."""
    return HttpResponseRedirect(static("mark.svg"))
