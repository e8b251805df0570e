"""Anybody's pages: the published scores, as far as each programme says, and whether a file or a digest is genuine."""

from typing import Any, Final

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import rates
from common import clock
from common.pages.listing import Listing
from contracts.publishing import tables
from contracts.publishing.forms import VerifyForm
from contracts.publishing.pages import sheet_context
from contracts.publishing.queries import Verified, public_sheets, state_of, verify_digest, verify_file
from contracts.publishing.rules import publication_of

HOUR: Final = 3600
MOST_ASKED: Final = 60  # verifications of one address in an hour: nobody holds more papers in his hands


@require_safe
def scores(request: HttpRequest) -> HttpResponseBase:
    """The newest version of every score that may be seen, by project, agency or station."""
    listing = Listing(
        request,
        public_sheets().filter(replaced_by=None).defer("lines", "quantities", "appeals", "changes"),
        columns=tables.public_columns(clock.now()),
        order="-as_of",
        search=("contract__title", "contract__provider__name", "contract__stations__name"),
    )
    if listing.wants_export:
        return listing.export(_("得分公示"))
    return render(request, "contracts/published.html", {"list": listing, "layout": _layout(request)})


@require_safe
def score(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One version of a published score, as far as its programme lets the public see it.

    :raises Http404: also for one of which the public sees nothing: that there is one is not told.
    """
    found = public_sheets().filter(ref=ref).first()
    if found is None:
        raise Http404
    context = sheet_context(found, now=clock.now(), shows=publication_of(found.contract.edition))
    context |= {
        "layout": _layout(request),
        "is_public": True,
        "crumbs": [(_("得分公示"), reverse("published:list")), (found.contract.title, "")],
    }
    return render(request, "contracts/sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponseBase:
    """Say whether a file or a digest is that of a published score, and which version is the newest."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = VerifyForm(*sent, initial={"digest": request.GET.get("digest", "")})
    context: dict[str, Any] = {"layout": _layout(request), "form": form, "verified": None}
    if request.method == "POST" and form.is_valid():
        rates.count(request, "published.verify", most=MOST_ASKED, seconds=HOUR)
        file = form.cleaned_data["file"]
        found = verify_file(file.read()) if file else verify_digest(form.cleaned_data["digest"])
        context |= {"verified": found, **_told(found)}
    context["crumbs"] = [(_("得分公示"), reverse("published:list")), (_("核验得分"), "")]
    return form.answered(render(request, "contracts/verify.html", context))


def _told(found: Verified) -> dict[str, Any]:
    """Return what may be told of the sheet beside the verdict: nothing where the public sees nothing of it."""
    if found.sheet is None or found.newest is None or found.public is None or not found.public.shows("total"):
        return {"public": None}
    return {"public": found.newest, "state": state_of(found.newest, clock.now())}


def _layout(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "base_public.html"
