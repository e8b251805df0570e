"""Opaque public references: what stands in URLs instead of serial numbers."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 16


def new_ref() -> str:
    """Return a random reference of 16 characters without look-alikes (79 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
