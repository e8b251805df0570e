"""A certificate of deletion at its secret address on the shared host: to read, to print, as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tenants.departure import certificates
from tenants.models import Certificate, Leaving


def certificate(request: HttpRequest, ref: str) -> HttpResponse:
    found = Certificate.objects.select_related("tenant").filter(ref=ref).first()
    if found is None:
        waits = Leaving.objects.select_related("tenant").filter(address=ref, cancelled_at=None).first()
        if waits is None:
            raise Http404
        return _unlisted(render(request, "tenants/certificate_waits.html", {"leaving": waits}))
    context = {
        "certificate": found,
        "title": _("数据删除证明"),
        "facts": certificates.facts(found),
        "kept": certificates.kept(found),
        "remarks": certificates.remarks(found),
        "tables": certificates.deleted(found),
        "is_whole": certificates.is_whole(found),
        "canonical": certificates.canonical(found.words),
    }
    return _unlisted(render(request, "tenants/certificate.html", context))


def certificate_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.select_related("tenant"), ref=ref)
    answer = HttpResponse(certificates.paper(found), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{found.number}.pdf") or ""
    return _unlisted(answer)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Whoever has the address reads it; it is passed on to nobody and found by no search."""
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer
