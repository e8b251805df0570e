"""What the law wants kept after an agency has left: said by the model itself, beside its `privacy`.

A model carries `retention = Retention(...)`; at deletion its rows go, with `fields` only, into the shared archive.
The fields name nobody: people stand in them as refs, which lead nowhere once the agency's schema is gone.
"""

from collections.abc import Sequence
from typing import Any

ACCOUNTING_YEARS = 30  # vouchers and books: 会计档案管理办法 (2015), appendix


class Retention:
    """`kind` groups tables in the certificate, `why` is the rule in words, `text` fields may hold typed words.

    Words in which a name of the agency's people stands are left out of the archive (`common.retention.OMITTED`).
    """

    def __init__(
        self, *, kind: str, why: Any, fields: Sequence[str], text: Sequence[str] = (), years: int = ACCOUNTING_YEARS
    ) -> None:
        self.kind, self.why, self.years = kind, why, years
        self.fields, self.text = tuple(fields), frozenset(text)


OMITTED = "＊"
