"""Plays that are long by nature: short in the daily run, at full length in the nightly one."""

from typing import Any

import pytest


def long_at_night(day: Any, night: Any) -> list[Any]:
    """Return both sizes of one play, or the few and the many cases, for `parametrize`."""
    return [day, pytest.param(night, marks=pytest.mark.nightly)]
