"""What outside scanners may find: each accepted finding has a reason, a new one and an outlived reason are told."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

SCANNING = Path(settings.ROOT) / ".ci" / "scanning"


@pytest.fixture(scope="module")
def findings() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scan_findings", SCANNING / "findings.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_what_is_accepted_has_its_reason(findings: ModuleType) -> None:
    assert findings.accepted(findings.ACCEPTED.read_text("utf-8"))
    with pytest.raises(ValueError, match="without a reason"):
        findings.accepted('[[bandit]]\nrule = "B1"\nwhere = ["*"]\nreason = " "\n')


def test_new_and_gone_are_told(findings: ModuleType) -> None:
    known = findings.accepted(
        '[[bandit]]\nrule = "B1"\nwhere = ["bench/*"]\nreason = "measured"\n'
        '[[bandit]]\nrule = "B2"\nwhere = ["*"]\nreason = "was once"\n'
        '[[wapiti]]\nrule = "XSS"\nwhere = ["*"]\nreason = "is text"\n'
    )
    at_home = findings.Finding("bandit", "B1", "bench/lists.py", "line 3")
    elsewhere = findings.Finding("bandit", "B1", "services/urls.py", "line 4")
    by_another = findings.Finding("checkov", "B1", "bench/lists.py")

    assert findings.new([at_home, elsewhere, by_another], known) == [elsewhere, by_another]
    assert [row.rule for row in findings.gone([at_home], known, ["bandit"])] == ["B2"]


def test_each_program_is_pinned() -> None:
    lines = (Path(settings.ROOT) / ".ci" / "scanners.txt").read_text("utf-8").splitlines()

    assert sorted(line.split("==")[0] for line in lines if not line.startswith("#")) == [
        "bandit", "checkov", "sqlmap", "wapiti3",
    ]  # fmt: skip
    assert all("==" in line for line in lines if not line.startswith("#"))


def test_what_sqlmap_itself_takes_back_is_no_finding(findings: ModuleType) -> None:
    head = "Target URL,Place,Parameter,Technique(s),Note(s)\n"
    taken_back = "http://127.0.0.1/funds/?q=x,GET,q,B,false positive or unexploitable\n"
    nothing = "http://127.0.0.1/staff/?q=x,,,,\n"
    real = "http://127.0.0.1/clients/?q=x,GET,q,BE,\n"

    assert findings.entered("stranger", "") == []
    assert findings.entered("stranger", head + taken_back + nothing) == []
    assert findings.entered("director", head + taken_back + real) == [
        findings.Finding("sqlmap", "BE", "director:/clients/", "q")
    ]
