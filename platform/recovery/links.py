"""One-time links to a new password: signed, short-lived, and dead once it is set or the person has signed in.

They are Django's own password tokens under salts of our own: nothing is stored of them. A director's link says so in
its salt and names the agency: it holds only on that agency's host and while the account stands nowhere else.
"""

from typing import Final

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import User

HOURS: Final = settings.PASSWORD_RESET_TIMEOUT // 3600


class _Tokens(PasswordResetTokenGenerator):
    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.key_salt = f"liandong.recovery.{purpose}"


def by_mail(user: User) -> str:
    """Return the path of a link that goes to the person's own mailbox; it holds on every host."""
    return _path(user, _Tokens("mail"))


def by_director(user: User, slug: str) -> str:
    """Return the path of a link that a director of the agency `slug` hands over."""
    return _path(user, _Tokens(f"director.{slug}"))


def user_of(ref: str, token: str, slug: str) -> User | None:
    """Return whose password the link sets, followed on the host of `slug` ('' for the shared one); None if it holds no
    more or never did."""
    user = User.objects.filter(ref=ref, is_active=True).first()
    if user is None:
        return None
    if _Tokens("mail").check_token(user, token):
        return user
    if slug and stands_only_in(user, slug) and _Tokens(f"director.{slug}").check_token(user, token):
        return user
    return None


def stands_only_in(user: User, slug: str) -> bool:
    """Tell whether the account is a member of this agency and has never stood anywhere else.

    A membership that was closed counts: it may be opened again, and a director must not become somebody elsewhere.
    """
    slugs = set(user.memberships.values_list("tenant__slug", flat=True))
    return slugs == {slug} and not user.floor_roles.exists()


def _path(user: User, tokens: _Tokens) -> str:
    return reverse("recovery:choose", args=[user.ref, tokens.make_token(user)])
