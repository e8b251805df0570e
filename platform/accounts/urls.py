"""Sign-in, second factor, language: allauth's pages under our templates.

The house opens accounts itself and writes its own letters, so allauth's pages of sign-up, e-mail addresses, mailed
codes and password mails are closed on every host; a forgotten password and one's mail address are platform/recovery's.
"""

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import include, path, re_path

from accounts.views import here


def closed(request: HttpRequest) -> NoReturn:
    """Answer 404 as for a page that never was."""
    raise Http404


urlpatterns = [
    re_path(r"^(?:signup|email|confirm-email|password/reset|password/set|login/code)/", closed, name="account_closed"),
    path("here/", here, name="here"),
    path("", include("allauth.urls")),
]
