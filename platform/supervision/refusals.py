"""Why an act of supervision was refused."""

from collections.abc import Sequence
from typing import Any

from common.dates import SHANGHAI
from common.refusals import Conflict, Refused
from supervision.availability.slots import Slot


class CannotOffer(Refused):
    """The time cannot be offered; `.reasons` are fit to show."""


class CannotBook(Refused):
    """The booking breaks a rule."""


class CannotMove(Conflict):
    """The booking's state does not allow the act."""


class CannotComplete(Refused):
    """The session cannot be written down like this."""


class Taken(Conflict):
    """Somebody else has this time. `alternatives` are free slots near it; `extra` is what the API adds."""

    def __init__(self, reasons: Sequence[str] | str, alternatives: Sequence[Slot]) -> None:
        super().__init__(reasons)
        self.alternatives = list(alternatives)

    @property
    def extra(self) -> dict[str, Any]:
        return {"alternatives": [slot_shape(slot) for slot in self.alternatives]}


def slot_shape(slot: Slot) -> dict[str, Any]:
    """Return a slot as the API shows it: moments in Shanghai time with their offset."""
    return {
        "supervisor": slot.supervisor,
        "starts_at": slot.starts_at.astimezone(SHANGHAI).isoformat(),
        "ends_at": slot.ends_at.astimezone(SHANGHAI).isoformat(),
        "modality": slot.modality,
        "places": slot.places,
    }
