"""A certificate of deletion at its secret address on the shared host: to read, to print, as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.pages.table import Column, Table
from tenants.departure import certificates
from tenants.models import Certificate, Leaving

TABLE = Column("table", gettext_lazy("表"), value=lambda row: row[0], template="tenants/_table.html")
ROWS = Column("rows", gettext_lazy("行数"), value=lambda row: row[1], kind="number")
KEPT_COLUMNS = [
    Column("what", gettext_lazy("内容"), value=lambda row: row[0], template="tenants/_table.html"),
    ROWS,
    Column("until", gettext_lazy("保留至"), value=lambda row: row[2], template="tenants/_until.html"),
    Column("why", gettext_lazy("依据"), value=lambda row: row[3]),
]
DELETED_COLUMNS = [TABLE, ROWS]


def certificate(request: HttpRequest, ref: str) -> HttpResponse:
    issued = Certificate.objects.select_related("tenant").filter(ref=ref).first()
    if issued is None:
        leaving = Leaving.objects.select_related("tenant").filter(address=ref, cancelled_at=None).first()
        if leaving is None:
            raise Http404
        return _unlisted(render(request, "tenants/certificate_waits.html", {"leaving": leaving}))
    context = {
        "certificate": issued,
        "title": _("数据删除证明"),
        "facts": certificates.facts(issued),
        "kept": Table(KEPT_COLUMNS, certificates.kept(issued), _("依法保留的内容")),
        "remarks": certificates.remarks(issued),
        "tables": Table(DELETED_COLUMNS, certificates.deleted(issued), _("已删除的行数")),
        "is_whole": certificates.is_whole(issued),
        "canonical": certificates.canonical(issued.words),
    }
    return _unlisted(render(request, "tenants/certificate.html", context))


def certificate_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    issued = get_object_or_404(Certificate.objects.select_related("tenant"), ref=ref)
    answer = HttpResponse(certificates.paper(issued), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{issued.number}.pdf") or ""
    return _unlisted(answer)


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """Whoever has the address reads it; it is passed on to nobody and found by no search."""
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer
