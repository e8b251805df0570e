"""How often something may be tried in a stretch of time, counted in the database.

A counter stands on the shared floor: it holds on every host alike, over all processes, and while the cache is away.
"""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Tries
from common.refusals import Refused

ONE_MORE = """
    INSERT INTO accounts_tries AS held (name, count, ends_at) VALUES (%(name)s, 1, %(end)s)
    ON CONFLICT (name) DO UPDATE SET
        count = CASE WHEN held.ends_at <= %(now)s THEN 1 ELSE least(held.count, 1000000) + 1 END,
        ends_at = CASE WHEN held.ends_at <= %(now)s THEN excluded.ends_at ELSE held.ends_at END
    RETURNING count, ends_at
"""


class TooOften(Refused):
    """It was tried too often; after `wait` seconds it may be tried again. A page of its own, or a problem document."""

    status = 429

    def __init__(self, wait: int) -> None:
        self.wait = wait
        minutes = -(-wait // 60)
        super().__init__(_("尝试次数太多，请过 %(n)d 分钟再试。") % {"n": minutes})


@dataclass(frozen=True)
class Limit:
    """`most` tries of `what` by one key in `seconds`, beginning with the first."""

    what: str
    most: int
    seconds: int

    def take(self, key: str) -> int:
        """Count one more try; return how many seconds to wait for the next one, 0 if this one may go on.

        The try is counted before it is made, so that a hundred at once are not more than `most` either. Called outside
        the transaction of the act: what a refusal rolls back would be counted nowhere.
        """
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(
                ONE_MORE, {"name": self._name(key), "now": now, "end": now + timedelta(seconds=self.seconds)}
            )
            count, ends_at = cursor.fetchone()
        return max(1, int((ends_at - now).total_seconds())) if count > self.most else 0

    def give_back(self, key: str) -> None:
        """Take one try back: it was right."""
        Tries.objects.filter(name=self._name(key), count__gt=0).update(count=F("count") - 1)

    def _name(self, key: str) -> str:
        """Return what the counter is stored under: it tells nothing of the address or the name."""
        return salted_hmac(f"liandong.tries.{self.what}", key, algorithm="sha256").hexdigest()


def count(request: HttpRequest, what: str, *, most: int, seconds: int, key: str = "") -> None:
    """Count one more try of `what` by `key` (or by the visitor's address).

    Behind proxies the address is what the first of our own saw (TRUSTED_PROXIES).

    :raises TooOften: where that is more than `most` in `seconds`.
    """
    if wait := Limit(what, most, seconds).take(key or address(request)):
        raise TooOften(wait)


def address(request: HttpRequest) -> str:
    """Return the visitor's address as our own proxies tell it, '' where there is none (a socket)."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""
