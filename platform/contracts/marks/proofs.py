"""The photos and papers of marks: kept sealed on the shared floor, handed out clear, with a line in the log."""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from common.files.proofs import ENDINGS, MEDIA_TYPES, Proof
from common.files.sealed_files import SealedReader, SealedWriter
from common.refs import new_ref
from common.refusals import Refused
from contracts.marks.rules import MOST_FILES
from contracts.models import Mark, MarkFile

FOLDER: Final = "marks"
KEY: Final = b"photos and papers of marks"


class CannotKeep(Refused):
    """A mark has as many files as it may have, or is withdrawn."""


class Gone(Refused):
    """The file is not where it was kept."""


def keep(*, mark: Mark, shown: Sequence[Proof], by: User | None) -> list[MarkFile]:
    """Keep photos and papers with a mark, in the transaction of the act. The same one again is kept once.

    :raises CannotKeep: if there would be more than MOST_FILES.
    """
    held = set(mark.files.values_list("sha256", flat=True))
    new = {proof.sha256: proof for proof in shown if proof.sha256 not in held}
    if len(held) + len(new) > MOST_FILES:
        raise CannotKeep(too_many())
    return [_keep_one(mark, proof, by) for proof in new.values()]


def too_many() -> str:
    return _("每次评分最多 %(n)d 张照片或文件，请挑选后再上传。") % {"n": MOST_FILES}


def _keep_one(mark: Mark, proof: Proof, by: User | None) -> MarkFile:
    kept = MarkFile(ref=new_ref(), mark=mark, kind=proof.kind, size=len(proof.content), sha256=proof.sha256, by=by)
    sealed = ContentFile(b"")
    writer = SealedWriter(sealed, _key(), _bound(kept))
    writer.write(proof.content)
    writer.close()
    sealed.seek(0)
    # Written before the row: a transaction that is rolled back leaves a sealed file nobody points at, never a row
    # whose file is missing.
    kept.file = storages["shared"].save(f"{FOLDER}/{kept.ref}.sealed", sealed)
    kept.save(force_insert=True)
    log.write("contracts.mark.file.added", on=kept, by=by, mark=mark.ref, size=kept.size, sha256=kept.sha256)
    return kept


def hand_over(*, kept: MarkFile, by: User) -> SealedReader:
    """Return the clear bytes block by block, after it was logged that they are handed over.

    :raises Gone: if the file is not there.
    """
    try:
        sealed = storages["shared"].open(kept.file)
    except FileNotFoundError:
        raise Gone(_("这份附件已不在了，请联系平台运营。")) from None
    log.write("contracts.mark.file.handed_over", on=kept, by=by, mark=kept.mark.ref)
    return SealedReader(sealed, _key(), _bound(kept))


def media_type(kept: MarkFile) -> str:
    return MEDIA_TYPES[kept.kind]


def file_name(kept: MarkFile) -> str:
    """Return a name that says the line and nothing about anybody."""
    return f"{kept.mark.code}-{kept.ref}.{ENDINGS[kept.kind]}"


def _key() -> bytes:
    """Return the shared floor's key for these files, made of the master key and used for nothing else."""
    return hmac.new(settings.MASTER_KEY, KEY, sha256).digest()


def _bound(kept: MarkFile) -> str:
    return f"markfile|{kept.ref}"
