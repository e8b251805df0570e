"""The data home: one demo at a time, and secrets that are made once and kept."""

import base64
import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO


class HomeTaken(RuntimeError):
    """Another demo runs from the same data home."""


def take(home: Path) -> IO[str]:
    """Make the data home and hold it for this process until the returned file is closed.

    :raises HomeTaken: if another demo holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    for private in ("files", "logs"):
        (home / private).mkdir(mode=0o700, exist_ok=True)
    lock = (home / "demo.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise HomeTaken(
            f"A demo already runs from {home}. Stop it first, or choose another home: "
            "DATA_DIR=.data2 PORT=8001 make demo"
        ) from None
    return lock


def kept_secrets(home: Path) -> dict[str, str]:
    """Return SECRET_KEY and MASTER_KEY of this home; the environment's own come first.

    The file is written whole and readable by its owner only.
    """
    file = home / "secrets.json"
    if not file.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
        draft.rename(file)
    kept: dict[str, str] = json.loads(file.read_text())
    return {name: os.environ.get(name) or value for name, value in kept.items()}
