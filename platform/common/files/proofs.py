"""Take in a photo or paper that somebody uploads, drawn anew in a process of its own (proof_reader.py). No database."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from common.files import proof_reader, sheets
from common.files.proof_reader import MB as MB
from common.files.sheets import Unreadable

LARGEST: Final = 10 * MB
READER: Final = str(Path(proof_reader.__file__).resolve())
MEDIA_TYPES: Final = {proof_reader.PHOTO: "image/jpeg", proof_reader.PAPER: "application/pdf"}
ENDINGS: Final = {proof_reader.PHOTO: "jpg", proof_reader.PAPER: "pdf"}


@dataclass(frozen=True)
class Proof:
    """A photo or paper as it is kept: `kind` is proof_reader.PHOTO or PAPER, `content` a JPEG or a PDF drawn anew."""

    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def take_in(data: bytes) -> Proof:
    """Return the photo or paper without anything that its device or program wrote into it.

    :raises Unreadable: with a sentence to show for what is too large, broken, locked or neither photo nor paper.
    :raises Busy: while others' files are being read.
    """
    if len(data) > LARGEST:
        raise Unreadable(too_large())
    words = sheets.libraries("PIL", "pypdf")
    verdict, _line, content = sheets.said_by_reader(READER, data, words, LARGEST + MB).partition(b"\n")
    kind = verdict.decode("ascii", "replace")
    if kind not in MEDIA_TYPES or not content:
        raise Unreadable(_why(kind))
    if len(content) > LARGEST:
        raise Unreadable(too_large())
    return Proof(kind, content)


def too_large() -> str:
    """Return the sentence for a photo or paper of more bytes than are taken."""
    return _("照片或文件超过 %(n)d MB。") % {"n": LARGEST // MB}


def _why(verdict: str) -> str:
    """Return the sentence for what the reader found; without a finding, the file was too much for it."""
    sentences = {
        proof_reader.BROKEN: _("这张照片或这份文件已损坏，没能打开。"),
        proof_reader.LOCKED: _("文件有密码，请先取消密码。"),
        proof_reader.ODD: _("只收照片（JPEG、PNG、WebP）和 PDF 文件。"),
        proof_reader.BIG: _("照片展开后过大，或文件超过 %(n)d 页。") % {"n": proof_reader.PAGES},
    }
    return sentences.get(verdict, _("文件内容过大或已损坏，没能读完。"))
