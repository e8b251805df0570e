"""The forms of one's own account: signing in, and changing the password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from django.db import transaction

from accounts.models import ApiToken


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form without its link to a password mail: passwords are set anew by the agency (templates/account)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form; with the old password every API token of the person ends, as other sessions do."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        ApiToken.objects.filter(user=self.user).delete()
