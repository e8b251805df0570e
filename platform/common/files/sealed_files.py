"""A file sealed while it is written: AES-256-GCM in blocks of a mebibyte, so that any size needs the same memory.

Each block is bound to the file's name, its own number and whether it is the last: a block left out, moved or taken
from another file does not open, and a file cut short is noticed.
"""

import io
import os
import struct
from collections.abc import Iterator
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.sealing import AES_256_GCM, CannotOpen

BLOCK: Final = 1024 * 1024
PREFIX: Final = 8
TAG: Final = 16
LAST: Final = 1 << 31


class SealedWriter(io.RawIOBase):
    """Write clear bytes; sealed ones go to `there`. `close` writes the last block and leaves `there` open."""

    def __init__(self, there: IO[bytes], key: bytes, bound_to: str) -> None:
        self._there, self._cipher, self._bound = there, AESGCM(key), bound_to
        self._prefix = os.urandom(PREFIX)
        self._waiting = bytearray()
        self._number = 0
        self.size = 0
        there.write(AES_256_GCM + self._prefix)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > BLOCK:  # one is always kept back: the last block says that it is the last
            self._seal(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
            self._waiting.clear()
        super().close()

    def _seal(self, clear: bytes, *, last: bool) -> None:
        said = self._cipher.encrypt(_nonce(self._prefix, self._number), clear, _place(self._bound, self._number, last))
        self._there.write(struct.pack(">I", len(said) | (LAST if last else 0)) + said)
        self._number += 1


class SealedReader:
    """The clear bytes of a sealed file, block by block; `close` closes the file, read or not.

    Iterating raises CannotOpen if key, name or content do not agree, or the file was cut short.
    """

    def __init__(self, sealed: IO[bytes], key: bytes, bound_to: str) -> None:
        self._sealed, self._cipher, self._bound = sealed, AESGCM(key), bound_to

    def close(self) -> None:
        self._sealed.close()

    def __iter__(self) -> Iterator[bytes]:
        with self._sealed as sealed:
            if sealed.read(1) != AES_256_GCM:
                raise CannotOpen("unknown algorithm")
            prefix, number, last = sealed.read(PREFIX), 0, False
            while not last:
                head = sealed.read(4)
                if len(head) < 4:
                    raise CannotOpen("cut short")
                length = struct.unpack(">I", head)[0]
                last, length = bool(length & LAST), length & ~LAST
                if length > BLOCK + TAG:
                    raise CannotOpen("not a block")
                yield self._opened(prefix, number, sealed.read(length), last)
                number += 1

    def _opened(self, prefix: bytes, number: int, said: bytes, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(prefix, number), said, _place(self._bound, number, last))
        except InvalidTag:
            raise CannotOpen("does not open here") from None


def _nonce(prefix: bytes, number: int) -> bytes:
    return prefix + struct.pack(">I", number)


def _place(bound_to: str, number: int, last: bool) -> bytes:
    return f"{bound_to}|{number}|{last}".encode()
