"""Saving, removing and bringing back one's filters of the lists of this host."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, signed_in
from common.pages.acts import Done, act
from common.pages.saved_filters import StoredFilter
from saved_filters import actions


@require_POST
@signed_in
def save(request: MemberRequest) -> HttpResponseBase:
    """Keep what a list is filtered by under a name and go back to the list.

    :raises Http404: if this host has no such list.
    """
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    url = _address(request, page)

    def save_it(request: MemberRequest) -> Done:
        saved = actions.save_filter(page=page, name=request.POST.get("name", ""), query=query, by=request.user)
        undo = reverse("filters:remove", args=[saved.ref])
        return Done(_("筛选已保存。"), f"{url}?{saved.query}", undo)

    return act(back=url)(save_it)(request)


@require_POST
@signed_in
def remove(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Take one of one's filters out of sight."""
    stored = _own(request, ref)

    def remove_it(request: MemberRequest) -> Done:
        actions.remove_filter(kept=stored, by=request.user)
        return Done(_("筛选已删除。"), undo=reverse("filters:restore", args=[stored.ref]))

    return act(back=_address(request, stored.page))(remove_it)(request)


@require_POST
@signed_in
def restore(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Bring back one of one's removed filters."""
    stored = _own(request, ref)

    def restore_it(request: MemberRequest) -> Done:
        actions.restore_filter(kept=stored)
        return Done(_("筛选已恢复。"))

    return act(back=_address(request, stored.page))(restore_it)(request)


def _own(request: MemberRequest, ref: str) -> StoredFilter:
    kept = actions.own_filter(ref=ref, of=request.user)
    if kept is None:
        raise Http404
    return kept


def _address(request: HttpRequest, page: str) -> str:
    try:
        return reverse(page, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        raise Http404 from None
