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
    url = _address(request, page)
    # Not an act: the list to go back to is named by the form, not by the address.
    try:
        saved = actions.save_filter(page=page, name=request.POST.get("name", ""), query=query, by=request.user)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
        return HttpResponseRedirect(url)
    notices.notify(request, _("筛选已保存。"), undo=reverse("filters:remove", args=[saved.ref]))
    return HttpResponseRedirect(f"{url}?{saved.query}")


@require_POST
@signed_in
def remove(request: MemberRequest, ref: str) -> HttpResponse:
    """Take one of one's filters out of sight."""
    saved = _own(request, ref)
    actions.remove_filter(saved=saved, by=request.user)
    notices.notify(request, _("筛选已删除。"), undo=reverse("filters:restore", args=[saved.ref]))
    return HttpResponseRedirect(_address(request, saved.page))


@require_POST
@signed_in
def restore(request: MemberRequest, ref: str) -> HttpResponse:
    """Bring back one of one's removed filters."""
    saved = _own(request, ref)
    # Not an act: the list to go back to is known from the filter.
    try:
        actions.restore_filter(saved=saved)
    except Refused as refusal:
        notices.show_refusal(request, refusal)
    else:
        notices.notify(request, _("筛选已恢复。"))
    return HttpResponseRedirect(_address(request, saved.page))


def _own(request: MemberRequest, ref: str) -> StoredFilter:
    saved = actions.own_filter(ref=ref, of=request.user)
    if saved is None:
        raise Http404
    return saved


def _address(request: HttpRequest, page: str) -> str:
    try:
        return reverse(page, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        raise Http404 from None
