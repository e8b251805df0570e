"""The files of marks on an agency's host: who is marked sees what is shown for it."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from contracts.marks.access import get_own_file
from contracts.marks.views import answer_file


@require_safe
@allow(Permission.OWN_SCORE_VIEW)
def mark_file(request: MemberRequest, ref: str, file_ref: str) -> HttpResponseBase:
    """Show a photo or hand over a paper of a mark on one of the agency's contracts."""
    return answer_file(request, get_own_file(request, ref, file_ref), request.user)
