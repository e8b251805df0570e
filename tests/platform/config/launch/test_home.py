import base64
import json
import stat
from pathlib import Path

import pytest

from config.launch.home import HomeTaken, kept_secrets, take


@pytest.fixture(autouse=True)
def _no_secrets_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("MASTER_KEY", raising=False)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = kept_secrets(tmp_path)

    assert kept_secrets(tmp_path) == first
    assert len(base64.b64decode(first["MASTER_KEY"])) == 32
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "my own")

    assert kept_secrets(tmp_path)["SECRET_KEY"] == "my own"
    assert json.loads((tmp_path / "secrets.json").read_text())["SECRET_KEY"] != "my own"


def test_one_demo_at_a_time_in_a_home(tmp_path: Path) -> None:
    with take(tmp_path / "home"), pytest.raises(HomeTaken, match="already runs"):
        take(tmp_path / "home")

    take(tmp_path / "home").close()
    assert stat.S_IMODE((tmp_path / "home" / "files").stat().st_mode) == 0o700
