"""The page that asks for a second factor: a wrong code is written down."""

from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.models import Authenticator

from audit import log
from tenants.api_auth import here


class AuthenticateForm(AllauthAuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """allauth's form, which tells of a wrong code at this place."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        log.write("accounts.sign_in.failed", on=self.user, by=None, host=here(), why="wrong code")
