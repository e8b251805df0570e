"""Whether somebody is still signed in, as an open page asks before it sends a form."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from accounts.middleware import must_prove
from accounts.models import User


@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """Answer {"person", "proved", "token"}: who is signed in on this host ('' for nobody), whether the second factor
    holds, and the token that forms need by now."""
    user = request.user
    if not isinstance(user, User):
        return JsonResponse({"person": "", "proved": False, "token": ""})
    return JsonResponse({"person": user.ref, "proved": not must_prove(request), "token": get_token(request)})
