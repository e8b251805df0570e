"""What codes are worked out of is sealed, so that a copy of the database shows nobody's second factor.

The key is made of the master key and used for nothing else. What was kept before this was so is read as it stands and
sealed when it is next used.
"""

import base64
import hmac
from hashlib import sha256
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User
from common.sealing import seal, unseal

MARK: Final = "sealed:"
BOUND_TO: Final = "second factor"
SECRETS: Final = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's adapter, sealing what it keeps."""

    def encrypt(self, text: str) -> str:
        return MARK + base64.b64encode(seal(_key(), text, BOUND_TO)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """:raises CannotOpen: for what was sealed under another master key."""
        if not encrypted_text.startswith(MARK):
            return encrypted_text
        return unseal(_key(), base64.b64decode(encrypted_text[len(MARK) :]), BOUND_TO)


def seal_old(user: User) -> None:
    """Seal what of a person's second factors was kept before it was sealed."""
    for held in Authenticator.objects.filter(user=user, type__in=SECRETS):
        name = SECRETS[held.type]
        if not held.data[name].startswith(MARK):
            held.data[name] = Adapter().encrypt(held.data[name])
            held.save(update_fields=["data"])


def _key() -> bytes:
    return hmac.new(settings.MASTER_KEY, BOUND_TO.encode(), sha256).digest()
