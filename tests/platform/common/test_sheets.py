"""A file is read by a process that has nothing and may take little; whatever it does, only plain cells come back."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from common.files import sheet_reader, sheets
from tests.bombs import BOMBS, table

Probe = Callable[[str], list[list[object]]]


@pytest.fixture
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Read with a script of our own in the reader's place: its body is what a taken-over reader might do."""

    def read(body: str) -> list[list[object]]:
        script = tmp_path / "reader.py"
        here = Path(sheet_reader.__file__).parent
        head = (
            f"import sys; sys.path.append({str(here)!r}); import sheet_reader, json, os, time\nsheet_reader.bound()\n"
        )
        script.write_text(head + body)
        monkeypatch.setattr(sheets, "READER", str(script))
        return sheets.read_rows(b"a,b\n", rows=10, columns=5)

    return read


def test_cells_come_back_as_texts_numbers_and_truths() -> None:
    rows = sheets.read_rows(table(("甲", 1.5, True), ("乙",)), rows=5, columns=5)

    assert rows == [["甲", 1.5, True], ["乙", "", ""]]
    assert sheets.read_rows("甲;1\n乙;2\n".encode("gb18030"), rows=5, columns=5) == [["甲", "1"], ["乙", "2"]]


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "nothing but commas"])
def test_a_bomb_is_refused_in_words(name: str) -> None:
    with pytest.raises(sheets.Unreadable) as no:
        sheets.read_rows(BOMBS[name](), rows=20_000, columns=60)

    assert no.value.status == 400
    assert str(no.value).endswith("。")


def test_what_is_wrong_is_said() -> None:
    said = {
        "locked": "密码",
        "old Excel": "旧版 Excel",
        "macros": "宏",
        "far cell in an odd part": "过大",
        "torn": "损坏",
    }
    for name, words in said.items():
        with pytest.raises(sheets.Unreadable, match=words):
            sheets.read_rows(BOMBS[name](), rows=20_000, columns=60)
    for rows, columns, words in ((1, 5, "超过 1 行"), (5, 1, "1 列")):
        with pytest.raises(sheets.Unreadable, match=words):
            sheets.read_rows(table(("甲", 1), ("乙", 2)), rows=rows, columns=columns)


def test_the_reader_has_no_secret_no_socket_and_no_connection(probe: Probe) -> None:
    os.environ["A_SECRET_OF_THE_WEB"] = "x"
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        opened.set_inheritable(True)
        row, limits = probe(
            "fds = [os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if os.path.exists("
            "f'/proc/self/fd/{fd}')]\n"
            "kinds = sorted({fd.partition(':')[0] for fd in fds})\n"
            "print(json.dumps([' '.join(sorted(os.environ)), ' '.join(kinds), os.getcwd(), os.nice(0)]))\n"
            "import resource\n"
            "print(json.dumps([resource.getrlimit(what)[1] for what in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]))\n"
            "print(json.dumps('fine'))"
        )
    del os.environ["A_SECRET_OF_THE_WEB"]

    assert "SECRET" not in str(row[0])
    assert not {"DATABASE_URL", "MASTER_KEY", "SECRET_KEY", "PATH"} & set(str(row[0]).split())
    assert "socket" not in str(row[1])
    assert row[2:] == ["/", 19]
    assert limits == [sheet_reader.MEMORY, 0]
    assert sheet_reader.MEMORY <= 384 * 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        "os.kill(os.getpid(), 11)",  # a fault of memory in the parser
        "os.abort()",
        "os._exit(0)",
        "x = bytearray(500 * 1024 * 1024); print('\"fine\"')",  # more memory than it may have
        "os.fork() or time.sleep(60)\nos.abort()",  # what it leaves behind holds its output open
        "open(__file__, 'ab', 0).write(b'x')\nprint('\"fine\"')",
        "time.sleep(20); print('\"fine\"')",
        "print('[1,2]'); print('\"broken\"')",
        "print('[[1],2]'); print('\"fine\"')",
        "print('[1]\\n' * 11 + '\"fine\"')",
        "print('[' * 100000); print('\"fine\"')",
        "print('{\"a\": 1}'); print('\"fine\"')",
        "print('[\"' + 'x' * (17 * 1024 * 1024) + '\"]'); print('\"fine\"')",
        "sys.stdout.buffer.write(b'\\xff\\n\"fine\"')",
    ],
)
def test_a_reader_that_dies_hangs_or_lies_gives_a_sentence(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(sheets, "SECONDS", 1.0)

    with pytest.raises(sheets.Unreadable) as no:
        probe(body)

    assert no.value.status == 400


def test_three_at_once_are_too_many_and_a_place_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [sheets._slots.acquire(blocking=False) for _ in range(sheets.AT_ONCE)]
    try:
        with pytest.raises(sheets.Busy, match="过几秒") as no:
            sheets.read_rows(b"a,b\n", rows=5, columns=5)
    finally:
        for _ in held:
            sheets._slots.release()

    assert no.value.status == 429
    for _ in range(3):
        with pytest.raises(sheets.Unreadable):
            sheets.read_rows(BOMBS["far cell"](), rows=5, columns=5)
    assert sheets.read_rows(b"a,b\n", rows=5, columns=5) == [["a", "b"]]
