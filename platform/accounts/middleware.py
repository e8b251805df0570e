"""Directors, officers and operators need a second factor before they go on (outside the demo); who tries too often
waits."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import access_of
from accounts.sign_in import presence
from accounts.sign_in.rates import TooOften
from common.programs.problems import plain_problem
from common.typed import typed

GetResponse = Callable[[HttpRequest], HttpResponseBase]
ACCOUNTS = "/accounts/"
OPEN = (ACCOUNTS, "/i18n/", "/static/")


class MfaMiddleware:
    """Send who must have a second factor and has none to set one up, and who has not proved this session for a while
    (presence.py) to prove it again; API calls get 403 with the reason."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ACCOUNTS):
            before = presence.proofs(request)
            response = self.get_response(request)
            if presence.proofs(request) > before:
                presence.proved(request)
            return response
        return self._stop(request) or self.get_response(request)

    def _stop(self, request: HttpRequest) -> HttpResponse | None:
        if not settings.MFA_REQUIRED or not request.user.is_authenticated or request.path_info.startswith(OPEN):
            return None
        if not access_of(request).needs_mfa:
            return None
        is_api = request.path_info.startswith("/api/")
        if not is_mfa_enabled(request.user):
            reason, there = _("请先在网页上设置两步验证。"), reverse("mfa_activate_totp")
        elif presence.is_proved(request):
            return None
        else:
            reason, there = _("请在网页上再验证一次。"), _reauthenticate(request)
            if request.method != "GET" and not is_api:
                given = {"there": there, "typed": typed(request), "files": bool(request.FILES)}
                return render(request, "account/prove_first.html", given, status=403)
            if not is_api:
                messages.warning(request, _("超过 15 分钟没有操作，或换了网络，请再验证一次。"))
        return plain_problem(403, reason) if is_api else HttpResponseRedirect(there)


def _reauthenticate(request: HttpRequest) -> str:
    """Return the page that asks for the second factor again and then goes on to where one wanted to."""
    typed = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
    page = reverse("mfa_reauthenticate" if typed else "mfa_reauthenticate_webauthn")
    there = request.get_full_path() if request.method == "GET" else "/"
    return f"{page}?{urlencode({REDIRECT_FIELD_NAME: there})}"


def must_prove(request: HttpRequest) -> bool:
    """Tell whether the next page this person asks for would ask for the second factor first."""
    if not settings.MFA_REQUIRED or not access_of(request).needs_mfa:
        return False
    return not is_mfa_enabled(request.user) or not presence.is_proved(request)


class TooOftenMiddleware:
    """Answer a page that was tried too often with 429, for how long to wait, and the ways on meanwhile."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooOften):
            return None
        page = render(request, "429.html", {"reasons": exception.reasons}, status=exception.status)
        page["Retry-After"] = str(exception.wait)
        return page
