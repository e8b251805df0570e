"""A sealed file opens whole, for its key and name only, and not when a block was moved, dropped or cut."""

import io
import os

import pytest

from common.files.sealed_files import BLOCK, SealedReader, SealedWriter
from common.sealing import CannotOpen

KEY, NAME, HEAD = os.urandom(32), "export-1", 9
LENGTH = BLOCK + 16 + 4


def sealed(clear: bytes) -> bytes:
    there = io.BytesIO()
    writer = SealedWriter(there, KEY, NAME)
    for start in range(0, len(clear), 700_001):
        writer.write(clear[start : start + 700_001])
    writer.close()
    assert writer.size == len(clear)
    return there.getvalue()


def opened(stored: bytes, key: bytes = KEY, name: str = NAME) -> bytes:
    return b"".join(SealedReader(io.BytesIO(stored), key, name))


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 17])
def test_what_was_written_is_read(size: int) -> None:
    clear = os.urandom(size)
    assert opened(sealed(clear)) == clear


def test_it_opens_for_its_own_key_and_name_only() -> None:
    stored = sealed(b"x" * 100)
    for key, name in ((os.urandom(32), NAME), (KEY, "export-2")):
        with pytest.raises(CannotOpen):
            opened(stored, key, name)
    assert b"xxxx" not in stored


def test_blocks_left_out_moved_or_cut_are_noticed() -> None:
    stored = sealed(os.urandom(3 * BLOCK))
    first, second = stored[HEAD : HEAD + LENGTH], stored[HEAD + LENGTH : HEAD + 2 * LENGTH]
    rest = stored[HEAD + 2 * LENGTH :]
    for broken in (
        stored[:HEAD] + second + first + rest,
        stored[:HEAD] + first + rest,
        stored[:HEAD] + first + second,
        stored[:-1],
        stored[:5],
        b"",
        stored[:HEAD] + b"\x7f\xff\xff\xff" + stored[HEAD + 4 :],
    ):
        with pytest.raises(CannotOpen):
            opened(broken)
