"""An app that shows codes, as people have on their phones."""

import itertools
import time
from collections.abc import Iterator

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accounts.models import User
from tenants.running import in_public

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_app(user: User) -> None:
    """Give somebody a second factor."""
    with in_public():
        TOTP.activate(user, SECRET)


def code(at: float | None = None) -> str:
    return format_hotp_value(hotp_value(SECRET, int(at or time.time()) // 30))


def wrong_codes() -> Iterator[str]:
    """Codes that are wrong now and around now."""
    right = {code(time.time() + 30 * step) for step in range(-10, 11)}
    return (text for text in (f"{number:06d}" for number in itertools.count()) if text not in right)
