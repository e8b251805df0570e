"""A contract and a supervisor of theirs, for every test of this folder."""

from tests.platform.contracts.conftest import contract
from tests.platform.supervision.cast import lin, sun

__all__ = ["contract", "lin", "sun"]
