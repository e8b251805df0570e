"""Saving, removing and bringing back one's filters of the lists of this host."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, signed_in
from common.pages import notices
from common.pages.saved_filters import StoredFilter
from common.refusals import Refused
from saved_filters import actions


@require_POST
@signed_in
def save(request: MemberRequest) -> HttpResponse:
    """Keep what a list is filtered by under a name and go back to the list.

    :raises Http404: if this host has no such list.
    """
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    there = _address(request, page)
    try:
        kept = actions.save_filter(page=page, name=request.POST.get("name", ""), query=query, by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
        return HttpResponseRedirect(there)
    notices.notify(request, _("筛选已保存。"), undo=reverse("filters:remove", args=[kept.ref]))
    return HttpResponseRedirect(f"{there}?{kept.query}")


@require_POST
@signed_in
def remove(request: MemberRequest, ref: str) -> HttpResponse:
    """Take one of one's filters out of sight."""
    kept = _own(request, ref)
    actions.remove_filter(kept=kept, by=request.user)
    notices.notify(request, _("筛选已删除。"), undo=reverse("filters:restore", args=[kept.ref]))
    return HttpResponseRedirect(_address(request, kept.page))


@require_POST
@signed_in
def restore(request: MemberRequest, ref: str) -> HttpResponse:
    """Bring back one of one's removed filters."""
    kept = _own(request, ref)
    try:
        actions.restore_filter(kept=kept)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notices.notify(request, _("筛选已恢复。"))
    return HttpResponseRedirect(_address(request, kept.page))


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
