"""`python -m config.translations locale`: compile every .po file below a folder, without the gettext programs."""

import sys
from pathlib import Path

import polib


def compile_all(folder: Path) -> int:
    """Write the .mo beside each .po and return how many; fuzzy entries are left out, as gettext does."""
    files = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    for file in files:
        polib.pofile(str(file)).save_as_mofile(str(file.with_suffix(".mo")))
    return len(files)


if __name__ == "__main__":
    print(f"{compile_all(Path(sys.argv[1]))} translations compiled")  # noqa: T201
