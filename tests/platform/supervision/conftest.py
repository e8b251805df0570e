"""The cast of supervision, for every test of this folder."""

from tests.platform.supervision.cast import lin, sun

__all__ = ["lin", "sun"]
