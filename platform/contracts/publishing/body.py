"""The file of a published score: the exact bytes whose SHA-256 is the score's digest, by the format it was made in."""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.models import ScoreSheet

# What differs from moment to moment without a number having moved: left out where a preview is compared.
OF_THE_MOMENT: Final = ("sheet", "known_at", "notice_until", "appeal_until")


def canonical(sheet: ScoreSheet) -> bytes:
    """Return the sheet's file: JSON with sorted keys, Chinese as it is, UTF-8."""
    return WRITERS[sheet.format](sheet)


def digest_of(sheet: ScoreSheet) -> str:
    """Return the SHA-256 of the sheet's file, in hexadecimal."""
    return hashlib.sha256(canonical(sheet)).hexdigest()


def is_whole(sheet: ScoreSheet) -> bool:
    """Tell whether the stored sheet still says what it said when it was published."""
    return hmac.compare_digest(digest_of(sheet), sheet.digest)


def fingerprint(sheet: ScoreSheet) -> str:
    """Return what a preview and the sheet published after it have in common, unless something moved in between."""
    told = {name: value for name, value in _second(sheet).items() if name not in OF_THE_MOMENT}
    return hashlib.sha256(_written(told)).hexdigest()


def _first(sheet: ScoreSheet) -> bytes:
    """The format of sheets published before there were versions. It never changes: their digests go on to verify."""
    told = [
        sheet.contract.ref,
        str(sheet.as_of),
        sheet.programme_digest,
        sheet.lines,
        sheet.quantities,
        sheet.vetoes,
        str(sheet.total),
    ]
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _second(sheet: ScoreSheet) -> dict[str, Any]:
    replaced = sheet.replaces
    return {
        "format": ScoreSheet.FORMAT,
        "sheet": sheet.ref,
        **sheet.head,
        "as_of": str(sheet.as_of),
        "version": sheet.version,
        "replaces": replaced.digest if replaced else None,
        "correction_reason": sheet.correction_reason,
        "changes": sheet.changes,
        "known_at": _moment(sheet.known_at),
        "notice_until": _moment(sheet.notice_until),
        "appeal_until": _moment(sheet.appeal_until),
        "programme_digest": sheet.programme_digest,
        "total": str(sheet.total),
        "grade": sheet.grade,
        "grade_name": sheet.grade_name,
        "vetoes": sheet.vetoes,
        "lines": sheet.lines,
        "quantities": sheet.quantities,
        "appeals": sheet.appeals,
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None


def _written(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


WRITERS: Final[Mapping[int, Callable[[ScoreSheet], bytes]]] = {
    ScoreSheet.FIRST_FORMAT: _first,
    ScoreSheet.FORMAT: lambda sheet: _written(_second(sheet)),
}
