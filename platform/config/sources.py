"""The product's own source folders. The wheel's `only-include` in pyproject.toml is the one list; all others read it.

Run `python -m config.sources` to print them in one line (Makefile). It runs before Django is installed.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _folders() -> tuple[str, ...]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return tuple(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])


FOLDERS = _folders()


def python_files(*, migrations: bool = True) -> list[Path]:
    """Return every Python file of the product, in a fixed order; without `migrations` only what is read and changed."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in files if migrations or "migrations" not in file.parts]


if __name__ == "__main__":
    print(*FOLDERS)  # noqa: T201
