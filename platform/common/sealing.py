"""Sealed text: AES-256-GCM bound to the row and field it belongs to.

The first byte names the algorithm, so that another (SM4-GCM) can follow; a sealed value moved to another row, field
or agency does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = b"\x01"
NONCE = 12


class CannotOpen(ValueError):
    """The value was sealed with another key, for another row, or has been changed."""


def seal(key: bytes, text: str, bound_to: str) -> bytes:
    """Return `text` sealed under the 32-byte `key` for the place `bound_to` (kind|ref|field)."""
    nonce = os.urandom(NONCE)
    return AES_256_GCM + nonce + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())


def unseal(key: bytes, sealed: bytes, bound_to: str) -> str:
    """Return the text.

    :raises CannotOpen: if key, place or content do not agree.
    """
    sealed = bytes(sealed)
    if sealed[:1] != AES_256_GCM:
        raise CannotOpen("unknown algorithm")
    try:
        return AESGCM(key).decrypt(sealed[1 : NONCE + 1], sealed[NONCE + 1 :], bound_to.encode()).decode()
    except InvalidTag:
        raise CannotOpen("does not open here") from None
