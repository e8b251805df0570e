"""A purchaser's officer and an evaluator before the same contract, and files as a phone makes them."""

import io
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from accounts.models import User
from contracts.marks.actions import give_mark
from contracts.models import Contract, Mark
from tests.cast import officer
from tests.platform.contracts.conftest import TODAY

SECRETS = (b"secret of the phone", b"secret remark", b"secret program")


@pytest.fixture
def qian(public: None) -> User:
    """The evaluator of the city."""
    return officer("qian", "evaluator", "370100", "钱专家")


def give(contract: Contract, by: User | None, party: str = "evaluator", **changes: Any) -> Mark:
    values: dict[str, Any] = {"code": "D1.1", "points": Decimal(3), "reason": "抽样 20 人", "today": TODAY}
    return give_mark(contract=contract, party=party, by=by, **{**values, **changes})


def phone_photo(kind: str = "JPEG", colour: str = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    """Return a photo with a place, a device and a remark in it, lying on its side as phones save them."""
    picture = Image.new("RGB", size, colour)
    exif = picture.getexif()
    exif[0x010F], exif[0x0131], exif[0x0112] = "secret of the phone", "secret program", 6
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (36.0, 40.0, 12.0)
    out = io.BytesIO()
    more = {"comment": b"secret remark"} if kind == "JPEG" else {}
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()
