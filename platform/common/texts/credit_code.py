"""Unified social credit codes (GB 32100): normalise what people type, refuse what cannot be."""

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from common.texts.identity import compact

LENGTH = 18


def credit_code(text: str) -> str:
    """Return the code in 18 capitals and digits; full-width and small letters, spaces and hyphens are mended.

    :raises ValueError: with a sentence for the person who typed it.
    """
    value = compact(text).upper()
    try:
        return str(uscc.validate(value))
    except InvalidLength:
        raise ValueError(
            _("统一社会信用代码应为 %(n)d 位，现在是 %(m)d 位。") % {"n": LENGTH, "m": len(value)}
        ) from None
    except InvalidChecksum:
        raise ValueError(_("统一社会信用代码的校验位不对，请核对。")) from None
    except ValidationError:
        raise ValueError(_("统一社会信用代码里有不能用的字符，请核对。")) from None
