"""Grants are tested with a fund, its committee and its treasurers."""

from tests.services.grants.cast import base

__all__ = ["base"]
