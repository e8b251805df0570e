"""The forms of one's own account: signing in, and changing the password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from django.db import transaction

from accounts.models import ApiToken
from accounts.sign_in import guessing, second_factor, sign_ins


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form without its link to a password mail: ours is platform/recovery's (templates/account)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form; with the old password every API token of the person ends, as other sessions do."""

    def clean_oldpassword(self) -> str:
        right = guessing.begin(context.request, self.user.username, guessing.PASSWORD)
        typed: str = super().clean_oldpassword()
        right()
        return typed

    @transaction.atomic
    def save(self) -> None:
        super().save()
        sign_ins.end_others(self.user, context.request.session.session_key)
        ApiToken.objects.filter(user=self.user).delete()


class CodeMixin:
    """A code is asked of `second_factor`, which counts the wrong ones and takes the right one once."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = second_factor.accept(context.request, self.user, code)
        if self.authenticator is None:
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(CodeMixin, AllauthAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that a sign-in ends with."""


class ReauthenticateForm(CodeMixin, AllauthReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that is asked for again."""
