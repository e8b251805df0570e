"""Saving, removing and bringing back one's filters of the lists of this host."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import signed_in
from accounts.models import User
from common.pages import notices
from common.pages.saved_filters import StoredFilter
from common.refusals import Refused
from saved_filters import actions


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    """Keep what a list is filtered by under a name and go back to the list.

    :raises Http404: if this host has no such list.
    """
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    there = _address(request, page)
    try:
        kept = actions.save_filter(page=page, name=request.POST.get("name", ""), query=query, by=_user(request))
    except Refused as no:
        notices.refuse(request, no)
        return HttpResponseRedirect(there)
    notices.say(request, _("筛选已保存。"), undo=reverse("filters:remove", args=[kept.ref]))
    return HttpResponseRedirect(f"{there}?{kept.query}")


@require_POST
@signed_in
def remove(request: HttpRequest, ref: str) -> HttpResponse:
    """Take one of one's filters out of sight."""
    kept = _own(request, ref)
    actions.remove_filter(kept=kept, by=_user(request))
    notices.say(request, _("筛选已删除。"), undo=reverse("filters:restore", args=[kept.ref]))
    return HttpResponseRedirect(_address(request, kept.page))


@require_POST
@signed_in
def restore(request: HttpRequest, ref: str) -> HttpResponse:
    """Bring back one of one's removed filters."""
    kept = _own(request, ref)
    try:
        actions.restore_filter(kept=kept)
    except Refused as no:
        notices.refuse(request, no)
    else:
        notices.say(request, _("筛选已恢复。"))
    return HttpResponseRedirect(_address(request, kept.page))


def _own(request: HttpRequest, ref: str) -> StoredFilter:
    kept = actions.own_filter(ref=ref, of=_user(request))
    if kept is None:
        raise Http404
    return kept


def _address(request: HttpRequest, page: str) -> str:
    try:
        return reverse(page, urlconf=getattr(request, "urlconf", None))
    except NoReverseMatch:
        raise Http404 from None


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
