"""Who may sign in on which host: a person with a role there, nobody else."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class HostBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's username sign-in for active people. Standing on the host is asked anew on every request
    (tenants.middleware.AccessMiddleware), so a closed membership ends at once."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user and user.is_active else None
