"""programmes.lock: the digest of every published edition. A published file never changes; a new edition is added."""

from pathlib import Path

from programmes.loading import DATA, digest_of, folders

LOCK = Path(__file__).resolve().parent / "programmes.lock"


def read(lock: Path = LOCK) -> dict[str, str]:
    """Return {"<region>/<key>/<year>": digest}."""
    lines = lock.read_text("utf-8").split("\n") if lock.exists() else []
    return dict(line.split(" ", 1)[::-1] for line in lines if line)


def present(data: Path = DATA) -> dict[str, str]:
    """Return the same for the folders as they are now."""
    return {folder.relative_to(data).as_posix(): digest_of(folder) for folder in folders([data])}


def problems(lock: Path = LOCK, data: Path = DATA) -> list[str]:
    """Return a sentence for every edition that was changed or removed after publication, or was never locked."""
    locked, now = read(lock), present(data)
    said = [f"{name}: published, then removed" for name in locked if name not in now]
    said += [f"{name}: changed after publication; add a new edition instead" for name in locked
             if name in now and now[name] != locked[name]]  # fmt: skip
    said += [f"{name}: not in programmes.lock; run manage.py lock_programmes" for name in now if name not in locked]
    return said


def add_new(lock: Path = LOCK, data: Path = DATA) -> list[str]:
    """Add editions that are not in the lock yet; what is locked is never rewritten. Return their names."""
    locked = read(lock)
    new = {name: digest for name, digest in present(data).items() if name not in locked}
    lines = [f"{digest} {name}\n" for name, digest in sorted((locked | new).items())]
    lock.write_text("".join(lines), "utf-8")
    return sorted(new)
