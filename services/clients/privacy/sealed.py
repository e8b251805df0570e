"""Which fields of a file are sealed, and how they are sealed and opened in this agency."""

from typing import Protocol

from common.sealing import seal, unseal
from tenants.keys import data_key, keyed_hash


class Sealable(Protocol):
    ref: str


def sealed(row: Sealable, field: str, text: str) -> bytes | None:
    """Return `text` sealed for the field of this very row, None for an empty one."""
    return seal(data_key(), text, _place(row, field)) if text else None


def opened(row: Sealable, field: str) -> str:
    """Return the text of a sealed field, '' if there is none. Whoever shows it to a person logs a reason first."""
    value = getattr(row, f"{field}_sealed")
    return unseal(data_key(), value, _place(row, field)) if value else ""


def opened_value(value: bytes | None, *, kind: str, ref: str, field: str) -> str:
    """Return the text of a sealed value read without its row: `kind` is the model's name in small letters."""
    return unseal(data_key(), value, f"{kind}|{ref}|{field}") if value else ""


def id_number_hash(value: str) -> str:
    """Return the keyed hash under which this agency finds an ID number again."""
    return keyed_hash("id_number", value)


def phone_hash(value: str) -> str:
    return keyed_hash("phone", value)


def subject_key(ref: str) -> str:
    """Return the pseudonym that stands for a client in facts."""
    return keyed_hash("subject", ref)


def thing_key(sort: str, ref: str) -> int:
    """Return the number that stands for a household, an activity and the like in facts: eight bytes, with a sign."""
    return int.from_bytes(bytes.fromhex(keyed_hash(sort, ref)[:16]), signed=True)


def _place(row: Sealable, field: str) -> str:
    return f"{type(row).__name__.lower()}|{row.ref}|{field}"
