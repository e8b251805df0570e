"""Asking for the password again before an act that must not be somebody else's at an open screen."""

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.refusals import RefusedFields


class PasswordField(forms.CharField):
    """One's own password, asked for again before an act that must not be somebody else's at an open screen."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("您的登录密码"), strip=False, max_length=128,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )  # fmt: skip


class NotProved(RefusedFields):
    """The password is wrong, or was wrong too often."""


def prove(request: HttpRequest, password: str) -> User:
    """Return the signed-in person once the password typed in is theirs.

    :raises NotProved: otherwise; after ten tries in a minute also for the right one.
    """
    user = request.user
    assert isinstance(user, User)
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        raise NotProved({"password": [_("尝试次数太多，请过一分钟再试。")]})
    if not user.check_password(password):
        raise NotProved({"password": [_("密码不对。")]})
    return user
