"""The SQL of the ledger: one file for each function of the database, and one for the triggers.

A migration runs the version of a file that it was written for, named by its digest: an old migration never does
something new. Whoever changes a function keeps the file as it was in `past/<name>.<first 12 digits of its digest>.sql`,
where the migrations before find it, and writes a migration that runs the new one (CREATE OR REPLACE FUNCTION).
"""

import hashlib
from itertools import dropwhile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent


class UnknownVersion(LookupError):
    """No file of this name has this digest."""


def read(name: str, digest: str, folder: Path = HERE) -> str:
    """Return the statements of `name`, in the version whose SHA-256 is `digest`, without the remark above them.

    What an agency's blueprint writes down begins with the verb (tenants.agencies.blueprint).

    :raises UnknownVersion: if the file was changed and the version before is not kept.
    """
    for path in (folder / f"{name}.sql", folder / "past" / f"{name}.{digest[:12]}.sql"):
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            return "".join(dropwhile(lambda line: line.startswith("--"), lines))
    raise UnknownVersion(f"{name}.sql has no version {digest[:12]}: keep the one before in past/, as {__name__} says")
