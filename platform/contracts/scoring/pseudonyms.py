"""A name for a person in the evidence of one contract, so that anybody can count different people again.

It is the same for a person throughout a contract, and tells nothing between contracts: neither who it is, nor that two
names stand for one. The facts' own key is the agency's and is shown to nobody.
"""

import base64
import hmac
from hashlib import sha256
from typing import Final

from django.conf import settings

LETTERS: Final = 10  # fifty bits: two of ten thousand people share a name once in twenty million contracts


def pseudonym(contract: str, subject_key: str) -> str:
    """Return such a name, "K7QF2-M3XPA", for the contract's ref and the key of a fact."""
    digest = hmac.new(settings.MASTER_KEY, f"evidence|{contract}|{subject_key}".encode(), sha256).digest()
    letters = base64.b32encode(digest).decode()[:LETTERS]
    return f"{letters[: LETTERS // 2]}-{letters[LETTERS // 2 :]}"
