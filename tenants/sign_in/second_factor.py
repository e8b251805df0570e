"""The pages that ask for a code: what is wrong there is counted (accounts/forms.py) and written down with its place."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts import forms
from api_access.authentication import here
from audit import log


class ToldMixin:
    """A wrong code is a line of the log."""

    user: Any

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            log.write("accounts.sign_in.failed", on=self.user, by=None, host=here(), why="wrong code")
            raise
        return code


class AuthenticateForm(ToldMixin, forms.AuthenticateForm):
    """The code that a sign-in ends with."""


class ReauthenticateForm(ToldMixin, forms.ReauthenticateForm):
    """The code that is asked for again."""
