"""Which staff member is asking, and which sites are theirs."""

import datetime as dt

from django.db.models import Q
from django.http import Http404, HttpRequest

from accounts.access import access_of, require
from accounts.permissions import Permission
from services.network.models import Site, SiteQuerySet
from services.people.models import Staff


def staff_of(request: HttpRequest) -> Staff | None:
    """Return the signed-in person's staff file, if they have one here."""
    if not hasattr(request, "_staff"):
        request._staff = (  # type: ignore[attr-defined]
            Staff.objects.filter(user_id=request.user.pk).first() if request.user.is_authenticated else None
        )
    found: Staff | None = request._staff  # type: ignore[attr-defined]
    return found


def own_sites(request: HttpRequest, today: dt.date) -> SiteQuerySet:
    """Return the sites the asking person is posted to on `today`, and every site below them.

    Their postings are read once for a request: nearly every question of a page is narrowed by them.
    """
    staff = staff_of(request)
    if staff is None:
        return Site.objects.none()
    known: dict[dt.date, list[Site]] = request.__dict__.setdefault("_posted", {})
    if today not in known:
        now = Q(postings__started_on__lte=today) & (Q(postings__ended_on=None) | Q(postings__ended_on__gte=today))
        known[today] = list(Site.objects.filter(now, postings__staff=staff).distinct())
    return Site.objects.under(*known[today])


def posted_site(staff: Staff | None, today: dt.date) -> Site | None:
    """Return the open site where a person works on `today`, of several the one they came to last; None without one."""
    if staff is None:
        return None
    here = staff.postings.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today, site__closed_on=None)
    last = here.select_related("site__parent__parent__parent").order_by("-started_on", "-pk").first()
    return last.site if last else None


def sites_in_reach(request: HttpRequest, today: dt.date) -> SiteQuerySet:
    """Return every site for a director, their own sites for everybody else."""
    if access_of(request).can(Permission.CLIENT_VIEW_ALL):
        return Site.objects.all()
    return own_sites(request, today)


def get_staff(request: HttpRequest, ref: str, permission: Permission) -> Staff:
    """Return a staff file.

    :raises Http404: for an unknown ref.
    """
    require(request, permission)
    found = Staff.objects.filter(ref=ref).first()
    if found is None:
        raise Http404
    return found
