"""An agency's data key: made at opening, kept wrapped by the master key, destroyed at deletion."""

import hmac
import os
import time
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from tenants.models import Tenant, TenantKey
from tenants.running import current_slug

NONCE = 12
HELD_SECONDS = 300.0


def make_key(tenant: Tenant) -> TenantKey:
    nonce = os.urandom(NONCE)
    key = AESGCM.generate_key(bit_length=256)
    wrapped = nonce + AESGCM(settings.MASTER_KEY).encrypt(nonce, key, tenant.schema_name.encode())
    return TenantKey.objects.create(tenant=tenant, wrapped=wrapped)


def data_key() -> bytes:
    """Return the 32-byte key of the agency we are in.

    :raises TenantKey.DoesNotExist: once the key has been destroyed.
    """
    return _unwrapped(current_slug())


def key_of(slug: str) -> bytes:
    """Return an agency's key from the shared floor, for what its people write there (notes of a session).

    :raises TenantKey.DoesNotExist: once the key has been destroyed.
    """
    return _unwrapped(slug)


def keyed_hash(purpose: str, value: str) -> str:
    """Return 64 hex digits that tell equal values of this agency alike and nothing to anybody else."""
    return hmac.new(data_key(), f"{purpose}|{value}".encode(), sha256).hexdigest()


def forget(slug: str) -> None:
    """Drop an agency's unwrapped key from this process at once; the other processes let go of it in five minutes."""
    _held.pop(slug, None)


def _unwrapped(slug: str) -> bytes:
    """Return the key, unwrapped anew every five minutes: a destroyed one is soon in no process's memory."""
    now = time.monotonic()
    known = _held.get(slug)
    if known and known[0] > now:
        return known[1]
    for stale in [name for name, (until, _key) in list(_held.items()) if until <= now]:
        _held.pop(stale, None)
    row = TenantKey.objects.select_related("tenant").get(tenant__slug=slug)
    wrapped = bytes(row.wrapped)
    key = AESGCM(settings.MASTER_KEY).decrypt(wrapped[:NONCE], wrapped[NONCE:], row.tenant.schema_name.encode())
    _held[slug] = (now + HELD_SECONDS, key)
    return key


_held: dict[str, tuple[float, bytes]] = {}
