"""The cache's server dies and comes back: nothing above it notices but the counters."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from common import cache as module
from common.cache import SurvivingCache
from config.launch import valkey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[valkey.Server]:
    made = valkey.start(tmp_path)
    yield made
    made.process.send_signal(signal.SIGCONT)
    made.stop()


def test_without_its_server_the_cache_counts_in_this_process(server: valkey.Server) -> None:
    cache = SurvivingCache(server.url, {})
    assert cache.add("tries", 1)
    assert cache.incr("tries") == 2
    server.process.kill()
    server.process.wait()

    assert cache.get("tries") is None
    assert cache.add("tries", 1)
    assert not cache.add("tries", 1)
    assert cache.incr("tries") == 2
    cache.set("board", "here")
    assert (cache.get("board"), cache.has_key("board"), cache.delete("board")) == ("here", True, True)
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("nothing")


def test_a_frozen_server_is_left_alone_after_one_wait(server: valkey.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SurvivingCache(server.url, {})
    cache.set("board", "there")
    server.process.send_signal(signal.SIGSTOP)

    assert cache.get("board") is None
    monkeypatch.setattr(cache.server, "get", None)  # asking it again would break here
    cache.set("board", "here")
    assert cache.get("board") == "here"


def test_a_server_that_is_back_is_asked_again(server: valkey.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SurvivingCache(server.url, {})
    cache.set("board", "there")
    server.process.send_signal(signal.SIGSTOP)
    assert cache.get("board") is None
    cache.set("board", "here")
    server.process.send_signal(signal.SIGCONT)
    monkeypatch.setattr(module.time, "monotonic", lambda: cache.silent_until + 1)

    assert cache.get("board") == "there"
