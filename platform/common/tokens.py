"""Links that open one door: the token is worked out from the server's secret, so that only its digest is stored.

A copy of the database opens nothing; a link that was lost can be shown again to who gave it out.
"""

from hashlib import sha256

from django.utils.crypto import salted_hmac

LENGTH = 40


def token_of(purpose: str, ref: str, issue: int) -> str:
    """Return the token (40 hex digits, 160 bits) of the `issue`-th link of the row `ref`."""
    return salted_hmac(f"liandong.{purpose}", f"{ref}|{issue}", algorithm="sha256").hexdigest()[:LENGTH]


def digest(token: str) -> str:
    """Return what is stored of a token and looked up."""
    return sha256(token.encode()).hexdigest()
