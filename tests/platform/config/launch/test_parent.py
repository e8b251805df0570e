import os
import signal
import subprocess
import time

import pytest

from config.launch import parent
from config.launch.parent import Parent


def catches(pid: int, *, expected: bool) -> bool:
    deadline = time.monotonic() + 10
    while parent._catches_interrupt(pid) != expected and time.monotonic() < deadline:
        time.sleep(0.01)
    return parent._catches_interrupt(pid) == expected


def test_an_interrupted_make_no_longer_catches_the_signal() -> None:
    make = subprocess.Popen(
        ["make", "-f", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert make.stdin
    make.stdin.write(b"all:\n\t@exec sleep 60\n")
    make.stdin.close()
    try:
        assert catches(make.pid, expected=True)
        time.sleep(0.3)  # its child has started
        os.kill(make.pid, signal.SIGINT)
        assert catches(make.pid, expected=False)
        assert make.poll() is None
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait()


def test_only_a_make_ends_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "_catches_interrupt", lambda pid: True)
    monkeypatch.delenv("MAKELEVEL", raising=False)
    by_hand = Parent()
    monkeypatch.setenv("MAKELEVEL", "1")
    by_make = Parent()

    assert not by_make.wants_us_to_stop()
    monkeypatch.setattr(parent, "_catches_interrupt", lambda pid: False)
    assert by_make.wants_us_to_stop()
    assert not by_hand.wants_us_to_stop()
    monkeypatch.setattr(by_make, "pid", 0)
    assert by_make.wants_us_to_stop()
