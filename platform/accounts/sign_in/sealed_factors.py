"""What codes are worked out of is sealed, so that a copy of the database shows nobody's second factor.

The key is made of the master key and used for nothing else. What was kept before this was so is read as it stands and
sealed at night (tenants/tasks.py), not when it is used: in the minutes of an upgrade the processes of the release
before still answer, and they cannot read what is sealed.
"""

import base64
import hmac
from hashlib import sha256
from typing import Final

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

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


def seal_old() -> int:
    """Seal what of second factors was kept before it was sealed; return how many there were."""
    sealed = 0
    for kind, name in SECRETS.items():
        old = Authenticator.objects.filter(type=kind).exclude(**{f"data__{name}__startswith": MARK})
        for pk in list(old.values_list("pk", flat=True)):
            with transaction.atomic():  # a recovery code that is struck out meanwhile stays struck out
                factor = Authenticator.objects.select_for_update().get(pk=pk)
                factor.data[name] = Adapter().encrypt(factor.data[name])
                factor.save(update_fields=["data"])
                sealed += 1
    return sealed


def _key() -> bytes:
    return hmac.new(settings.MASTER_KEY, BOUND_TO.encode(), sha256).digest()
