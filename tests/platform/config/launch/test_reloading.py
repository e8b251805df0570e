import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import reloading
from config.sources import ROOT
from tests.platform.config.launch.test_watchdog import wait_until_gone

KEEPER = """
import sys
from pathlib import Path
from config.launch import reloading
reloading.LOOK_SECONDS = 0.05
file = Path(sys.argv[1])
reloading.keep([sys.executable, str(file)], lambda: {str(file): file.stat().st_mtime_ns})
"""


class Kept:
    """A program kept running by reloading.py; it writes what it says into a file, with its process's number."""

    def __init__(self, folder: Path) -> None:
        self.program, self.said = folder / "program.py", folder / "said"
        self.write("one")
        self.keeper = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(self.program)], env={"PYTHONPATH": str(ROOT / "platform")}
        )

    def write(self, word: str) -> None:
        self.program.write_text(
            "import os, time\n"
            f"with open({str(self.said)!r}, 'a') as out:\n    out.write(f'{word} {{os.getpid()}}\\n')\n"
            "time.sleep(600)\n"
        )

    def wait_for(self, word: str) -> int:
        """Return the number of the process that said the word."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for line in self.said.read_text().splitlines() if self.said.exists() else ():
                if line.startswith(f"{word} "):
                    return int(line.split()[1])
            time.sleep(0.02)
        raise AssertionError(f"nobody said {word}")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.keeper.terminate()
    made.keeper.wait()


def test_a_change_starts_it_again_and_its_end_ends_it(kept: Kept) -> None:
    first = kept.wait_for("one")
    kept.write("two")
    second = kept.wait_for("two")
    assert wait_until_gone(first)

    kept.keeper.terminate()
    assert kept.keeper.wait(timeout=10) == 0
    assert wait_until_gone(second)


def test_a_slip_of_the_pen_waits_for_its_mending(kept: Kept) -> None:
    first = kept.wait_for("one")
    kept.program.write_text("this is no Python\n")
    assert wait_until_gone(first)
    assert kept.keeper.poll() is None

    kept.write("mended")
    kept.wait_for("mended")


def test_every_python_file_of_the_product_is_looked_at() -> None:
    assert {str(ROOT / "platform/config/settings.py"), str(ROOT / "billing/rules.py")} <= set(reloading.state())
