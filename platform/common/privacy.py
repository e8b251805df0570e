"""Every model says of every field whether it is personal.

A model carries `privacy = Privacy(personal=[...], keep=[...])`; tests/house fails on a field that is in neither list.
Personal fields are scrubbed when a person is forgotten; kept ones never identify anybody.
"""

from collections.abc import Iterable


class Privacy:
    """The two lists of a model's field names: `personal` and `keep`."""

    def __init__(self, *, personal: Iterable[str] = (), keep: Iterable[str] = ()) -> None:
        self.personal = frozenset(personal)
        self.keep = frozenset(keep)
        if both := self.personal & self.keep:
            raise ValueError(f"both personal and kept: {sorted(both)}")

    @property
    def classed(self) -> frozenset[str]:
        return self.personal | self.keep
