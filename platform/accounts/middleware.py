"""Directors, officers and operators need a second factor before they go on (outside the demo)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.access import standing

GetResponse = Callable[[HttpRequest], HttpResponseBase]
OPEN = ("/accounts/", "/i18n/", "/static/")


class MfaMiddleware:
    """Send who must have a second factor and has none to set one up; API calls get 403 with the reason."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            settings.MFA_REQUIRED
            and request.user.is_authenticated
            and not request.path_info.startswith(OPEN)
            and standing(request).needs_mfa
            and not is_mfa_enabled(request.user)
        ):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)
