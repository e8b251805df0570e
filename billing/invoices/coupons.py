"""Coupons for pilots: made by the operator, used once for each subscription, never more often than allowed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing.models import Coupon
from common.refusals import RefusedFields


@transaction.atomic
def make(*, code: str, percent: int, periods: int, most: int, valid_until: dt.date, by: User) -> Coupon:
    """Make a coupon of `percent` off for so many periods, to be used `most` times until a day.

    :raises RefusedFields: if the code is taken.
    """
    try:
        with transaction.atomic():
            made = Coupon.objects.create(
                code=code.upper(), percent=percent, periods=periods, most=most, valid_until=valid_until, made_by=by.ref
            )
    except IntegrityError:
        raise RefusedFields({"code": [_("这个优惠码已存在。")]}) from None
    log.write("billing.coupon.made", on=made, by=by, percent=percent, periods=periods)
    return made


def find(code: str, *, on: dt.date) -> Coupon:
    """Return a coupon that could be used on this day, without using it.

    :raises RefusedFields: if there is none such, it has expired, or it is used up.
    """
    found = Coupon.objects.filter(code=code.strip().upper(), valid_until__gte=on, used__lt=F("most")).first()
    if found is None:
        raise RefusedFields({"coupon": [_("这个优惠码不存在、已过期或已用完。")]})
    return found


def redeem(code: str, *, on: dt.date) -> Coupon:
    """Use a coupon once; of many at the same moment only as many succeed as it has uses.

    :raises RefusedFields: if there is none such, it has expired, or it is used up.
    """
    plain = code.strip().upper()
    taken = Coupon.objects.filter(code=plain, valid_until__gte=on, used__lt=F("most")).update(used=F("used") + 1)
    if not taken:
        raise RefusedFields({"coupon": [_("这个优惠码不存在、已过期或已用完。")]})
    return Coupon.objects.get(code=plain)
