"""Run the scanners (SCANNERS=, all of them by default) and fail on a finding that `accepted.toml` does not name."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable

import findings
import still
import web
from findings import Finding

SCANNERS: dict[str, Callable[[], list[Finding]]] = {
    "bandit": still.bandit,
    "checkov": still.checkov,
    "wapiti": web.wapiti,
    "sqlmap": web.sqlmap,
}
# These look at the same thing each time, so that what they no longer find is known to be gone.
COMPLETE = ("bandit", "checkov")


def run() -> int:
    """Return 1 where something is new, or where a reason has outlived its finding."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the demo ends with us
    chosen = os.environ.get("SCANNERS", "").split() or list(SCANNERS)
    known = findings.accepted(findings.ACCEPTED.read_text("utf-8"))
    shutil.rmtree(still.SAID, ignore_errors=True)
    still.SAID.mkdir(parents=True)
    found: list[Finding] = []
    with web.demo(wanted=bool({"wapiti", "sqlmap"} & set(chosen))):
        for name in chosen:
            began, said = time.monotonic(), SCANNERS[name]()
            found += said
            print(f"{name}: {len(said)} findings in {time.monotonic() - began:.0f} s", flush=True)
    fresh = findings.new(found, known)
    for each in fresh:
        print(f"NEW {each.tool} {each.rule} at {each.where}: {each.says}")
    stale = findings.gone(found, known, set(chosen) & set(COMPLETE))
    for row in stale:
        print(f"GONE {row.tool} {row.rule} at {', '.join(row.where)}: take its reason out of accepted.toml")
    return 1 if fresh or stale else 0


if __name__ == "__main__":
    sys.exit(run())
