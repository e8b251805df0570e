"""Asking for the password again before an act that must not be somebody else's at an open screen."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.sign_in import guessing
from accounts.sign_in.rates import TooOften
from common.refusals import RefusedFields


class PasswordField(forms.CharField):
    """One's own password, asked for again before an act that must not be somebody else's at an open screen."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("您的登录密码"), strip=False, max_length=128,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )  # fmt: skip


class NotProved(RefusedFields):
    """The password is wrong, or was wrong too often: then it may be tried again in `wait` seconds."""

    def __init__(self, reasons: list[str], wait: int = 0) -> None:
        super().__init__({"password": reasons})
        self.wait = wait
        self.status = 429 if wait else 422


def prove(request: HttpRequest, password: str) -> User:
    """Return the signed-in person once the password typed in is theirs.

    :raises NotProved: otherwise; after too many tries also for the right one.
    """
    user = request.user
    assert isinstance(user, User)
    try:
        right = guessing.begin(request, user.username, guessing.PASSWORD)
    except TooOften as refusal:
        raise NotProved(refusal.reasons, refusal.wait) from None
    if not user.check_password(password):
        raise NotProved([_("密码不对。")])
    right()
    return user
