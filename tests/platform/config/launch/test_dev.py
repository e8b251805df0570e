from pathlib import Path
from typing import Any

import pytest

from config.launch import demo, dev


def test_the_terminal_shows_what_the_logs_say_from_now_on(tmp_path: Path, capsys: Any) -> None:
    log = tmp_path / "logs" / "web.log"
    log.parent.mkdir()
    log.write_text("of yesterday\n")
    shown = dev.Logs()
    shown.show(tmp_path)
    assert capsys.readouterr().out == ""

    with log.open("a") as out:
        out.write("page asked for\nhalf a li")
        out.flush()
        shown.show(tmp_path)
        assert capsys.readouterr().out == "   web | page asked for\n"
        out.write("ne\n")
    shown.show(tmp_path)
    assert capsys.readouterr().out == "   web | half a line\n"


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[demo.Way]:
    """What the launcher was asked to run, in place of running it."""
    asked: list[demo.Way] = []

    def note(stack: Any, way: demo.Way) -> None:
        asked.append(way)

    monkeypatch.setattr(demo, "_run", note)
    monkeypatch.setattr(demo.signal, "signal", lambda number, handler: None)
    return asked


def test_only_dev_shows_the_debug_page(ways: list[demo.Way], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_DEBUG", "1")
    monkeypatch.delenv("EMAIL_URL", raising=False)
    demo.run()
    dev.run()

    assert [way.settings["LIANDONG_DEBUG"] for way in ways] == ["0", "1"]
    assert ways[1].settings["EMAIL_URL"] == "consolemail://"


def test_dev_listens_on_this_machine_alone(tmp_path: Path) -> None:
    commands = dev.commands(tmp_path, 8000)

    assert commands["web"][-1] == "127.0.0.1:8000"
    assert Path(commands["assets"][0]).exists()
