"""`python -m tests.drill [WORD ...]`: take each guard out in a copy of the product and see its test fail.

Prints a line for each guard; ends with 1 where its tests went on passing, or failed with every guard in its place.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests import database
from tests.drill.guards import ROOT, Guard, guards

AT_ONCE = 2
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".data*", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
FAILED = 1
"""pytest's word for tests that ran and failed; any other number means that nothing was asked."""


def copy(to: Path) -> Path:
    shutil.copytree(ROOT, to, ignore=LEFT_OUT)
    for name in (".venv", "node_modules"):
        (to / name).symlink_to(ROOT / name)
    return to


def run(root: Path, home: Path, tests: list[str]) -> tuple[int, str]:
    """Run tests in the product under `root`; return pytest's answer and what it said last."""
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", *tests]
    env = os.environ | {
        "TEST_DATA_DIR": str(home), "PYTEST_XDIST_WORKER": root.name, "PYTHONPATH": f"{root / 'platform'}:{root}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    done = subprocess.run(asked, cwd=root, env=env, capture_output=True, text=True, timeout=1800)
    return done.returncode, (done.stdout + done.stderr)[-3000:]


def try_without(guard: Guard, root: Path, home: Path) -> str:
    """Return what became of a guard that was taken out: caught, missed, or why nothing was asked."""
    place = root / guard.file
    before = place.read_text()
    place.write_text(guard.without(root))
    try:
        code, said = run(root, home, guard.tests)
    finally:
        place.write_text(before)
    return {FAILED: "caught", 0: "MISSED"}.get(code, f"NOT ASKED: {said}")


def main(words: list[str]) -> int:
    chosen = [guard for guard in guards() if not words or any(word in guard.holds + guard.promise for word in words)]
    with tempfile.TemporaryDirectory(prefix="liandong-drill-") as made:
        home = Path(made) / "server"
        database.url(home)  # for all of them; ends with this process
        roots = [copy(Path(made) / f"drill{number}") for number in range(AT_ONCE)]
        code, said = run(roots[0], home, sorted({test for guard in chosen for test in guard.tests}))
        if code:
            print(f"These tests fail with every guard in its place:\n{said}")
            return 1
        free: Queue[Path] = Queue()
        for root in roots:
            free.put(root)

        def turn(guard: Guard) -> bool:
            root = free.get()
            try:
                became = try_without(guard, root, home)
            finally:
                free.put(root)
            print(f"{became:8} {guard.promise:6} {guard.holds}", flush=True)
            return became == "caught"

        with ThreadPoolExecutor(AT_ONCE) as pool:
            held = list(pool.map(turn, chosen))
    print(f"{sum(held)} of {len(held)} guards are held by a test.")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
