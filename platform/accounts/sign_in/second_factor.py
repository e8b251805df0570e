"""The second factor: a code of an app, good once, or one of the recovery codes."""

from typing import Final

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in import guessing
from accounts.sign_in.rates import Limit

ONCE: Final = Limit("code.used", 1, 120)  # seconds; a code of an app holds thirty
TYPED: Final = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def accept(request: HttpRequest, user: User, code: str) -> Authenticator | None:
    """Return what the code proves, None if it is wrong or was used before.

    :raises TooOften: after too many wrong ones, on whatever hosts, also for the right one.
    """
    right = guessing.begin(request, user.username, guessing.CODE)
    for factor in Authenticator.objects.filter(user=user, type__in=TYPED).order_by("-type"):  # the app's first
        if _is_right(factor, code):
            right()
            factor.user = user
            return factor
    return None


def _is_right(factor: Authenticator, code: str) -> bool:
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(factor.wrap().validate_code(code))  # each is struck out as it is used
    secret = decrypt(factor.data["secret"])
    return bool(validate_totp_code(secret, code)) and not ONCE.take(f"{factor.user_id}|{normalize_user_code(code)}")
