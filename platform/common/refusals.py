"""Anticipated refusals: the base of every "no" that a person can act upon."""

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """An act broke a rule. `.reasons` are sentences fit to show to the person who asked.

    `.status` is the HTTP status the API answers with: 409 for a conflict with what others did, else 422. A page that
    shows it in a form answers `.page_status`: 200, as Django does, but 4xx where what came could not be taken at all.
    """

    status = 422
    page_status = 200

    def __init__(self, reasons: Sequence[str] | str) -> None:
        self.reasons: list[str] = [reasons] if isinstance(reasons, str) else list(reasons)
        super().__init__("; ".join(str(reason) for reason in self.reasons))


class RefusedFields(Refused):
    """An act broke rules that belong to fields. `.fields` gives the reasons by field name."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self.fields = {name: list(reasons) for name, reasons in fields.items()}
        super().__init__([reason for reasons in self.fields.values() for reason in reasons])


class Conflict(Refused):
    """The act was fine in itself, but somebody else was there first."""

    status = 409
