"""Scanners of what stands still: bandit over the code, checkov over the chart as it is rendered for each set."""

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from findings import Finding
from helm_python import Chart

from config.sources import FOLDERS

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / ".venv-scanners"
SAID = ROOT / ".data-scan" / "said"
SOURCES = ("manage.py", *FOLDERS, "bench")


def bandit() -> list[Finding]:
    """Return what bandit says of the code; `where` is the file."""
    report = SAID / "bandit.json"
    call("bandit", "-q", "-r", *SOURCES, "-x", "*/static/*", "-f", "json", "-o", str(report), within=180)
    return [
        Finding("bandit", one["test_id"], str(one["filename"]), f"line {one['line_number']}: {one['issue_text']}")
        for one in json.loads(report.read_text("utf-8"))["results"]
    ]


def checkov() -> list[Finding]:
    """Return what checkov says of each set of the chart; `where` is <set>:<kind>/<name>."""
    with TemporaryDirectory() as folder:  # not SAID: checkov passes over folders whose names begin with a dot
        for file in sorted((ROOT / "helm" / "sets").glob("*.yaml")):
            with Chart.load(ROOT / "helm") as chart:
                made = chart.render(yaml.safe_load(file.read_text("utf-8")), name="liandong", namespace="liandong")
            (Path(folder) / file.name).write_text("\n---\n".join(made.values()), "utf-8")
        said = call("checkov", "-d", folder, "--framework", "kubernetes", "--quiet", "--compact", "-o", "json",
                    "--skip-download", "--soft-fail", within=180)  # fmt: skip
    (SAID / "checkov.json").write_text(said, "utf-8")
    report: Any = json.loads(said)
    if "results" not in report:
        raise RuntimeError("checkov looked at nothing")
    return [
        Finding("checkov", one["check_id"], f"{Path(one['file_path']).stem}:{_object(one)}", one["check_name"])
        for one in report["results"]["failed_checks"]
    ]


def _object(one: dict[str, Any]) -> str:
    kind, _namespace, name = one["resource"].split(".", 2)
    return f"{kind}/{name}"


def call(tool: str, *arguments: str, within: int, home: str = "") -> str:
    """Return what a scanner wrote; its code says whether it found something, which its report says better.

    :raises subprocess.TimeoutExpired: where it takes longer than `within` seconds.
    """
    program = PROGRAMS / (home or tool) / "bin" / tool
    done = subprocess.run(
        [program, *arguments], cwd=ROOT, text=True, timeout=within, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    return done.stdout
