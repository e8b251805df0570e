"""The photos and papers of appeals: drawn anew, sealed, and handed to those who may see the appeal.

They lie on the shared floor, whichever host they were sent on: the purchaser reads them, and they stay with the appeal
when the agency leaves.
"""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from common.files.proofs import ENDINGS, MEDIA_TYPES, Proof
from common.files.sealed_files import SealedReader, SealedWriter
from common.refs import new_ref
from contracts.models import Appeal, AppealFile

FOLDER: Final = "appeals"
KEY: Final = b"files of appeals"


def keep(appeal: Appeal, proof: Proof) -> AppealFile:
    """Seal and store one file of an appeal. A roll-back leaves sealed bytes that no row names and no key opens."""
    ref = new_ref()
    file = ContentFile(b"")
    sealed = SealedWriter(file, _key(), ref)
    sealed.write(proof.content)
    sealed.close()
    file.seek(0)
    name = storages["shared"].save(f"{FOLDER}/{ref}.sealed", file)
    return AppealFile.objects.create(
        ref=ref, appeal=appeal, kind=proof.kind, size=len(proof.content), sha256=proof.sha256, file=name
    )


def clear_bytes(file: AppealFile) -> Iterator[bytes]:
    """Return the clear bytes of a file.

    :raises FileNotFoundError: if the storage has lost it.
    :raises CannotOpen: if it was changed there.
    """
    return iter(SealedReader(storages["shared"].open(file.file), _key(), file.ref))


def media_type(file: AppealFile) -> str:
    return MEDIA_TYPES[file.kind]


def name_of(file: AppealFile) -> str:
    """Return the name a file is handed over with: which appeal, which file."""
    return f"{file.appeal.ref}-{file.ref[:4]}.{ENDINGS[file.kind]}"


def _key() -> bytes:
    return hmac.new(settings.MASTER_KEY, KEY, sha256).digest()
