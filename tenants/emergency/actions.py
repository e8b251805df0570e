"""Break-glass: an operator looks into an agency, let in by a second one, with a reason that the agency reads."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.access import access_of
from accounts.models import User
from audit import log
from common import clock
from common.refusals import Conflict, Refused
from tenants.access import is_emergency
from tenants.models import EmergencyAccess, Tenant
from tenants.running import current

GetResponse = Callable[[HttpRequest], HttpResponseBase]
OPENED: Final = "tenants.emergencyaccess.page_opened"
DENIED: Final = "tenants.emergencyaccess.denied"
REMEMBER_SECONDS: Final = 5.0  # every page of an agency asks; an end is seen elsewhere after this long
# What an operator inside may still send: signing out, the language, the size of type.
SENDS: Final = ("/accounts/logout/", "/accounts/2fa/", "/i18n/", "/look/")


class CannotAsk(Conflict):
    """There is a request or an open access of this operator for this agency already, or the agency is closed."""


class CannotAnswer(Refused):
    """The request was answered before, or by who made it."""


def ask(*, tenant: Tenant, reason: str, hours: int, by: User) -> EmergencyAccess:
    """Ask to look into an agency for so many hours (1 to 8); nothing opens before another operator approves.

    :raises CannotAsk: if one is asked for or open, or the agency has no workroom to look into.
    """
    with _logged_if_refused("ask", on=tenant, by=by):
        if tenant.state not in (Tenant.State.ACTIVE, Tenant.State.LEAVING):
            raise CannotAsk(_("机构当前状态不能进入。"))
        end_passed(clock.now())
        try:
            with transaction.atomic():
                asked = EmergencyAccess.objects.create(tenant=tenant, reason=reason, hours=hours, asked_by=by)
        except IntegrityError:
            raise CannotAsk(_("您对这家机构已有一个申请或正在进行的查看。")) from None
        log.write("tenants.emergencyaccess.asked", on=asked, by=by, tenant=tenant.slug, hours=hours)
        return asked


def approve(*, asked: EmergencyAccess, by: User) -> None:
    """Let the other operator in from now on, for the hours asked.

    :raises CannotAnswer: by who asked, or if it was answered.
    """
    with _logged_if_refused("approve", on=asked, by=by):
        locked = _to_answer(asked, by)
        locked.state, locked.answered_by = EmergencyAccess.State.APPROVED, by
        locked.from_at = clock.now()
        locked.to_at = locked.from_at + dt.timedelta(hours=locked.hours)
        locked.save()
        log.write("tenants.emergencyaccess.approved", on=locked, by=by, until=locked.to_at.isoformat())
    forget()


def refuse(*, asked: EmergencyAccess, by: User) -> None:
    """Say no to a request.

    :raises CannotAnswer: by who asked, or if it was answered.
    """
    with _logged_if_refused("refuse", on=asked, by=by):
        locked = _to_answer(asked, by)
        locked.state, locked.answered_by = EmergencyAccess.State.REFUSED, by
        locked.save()
        log.write("tenants.emergencyaccess.refused", on=locked, by=by)


def end(*, access: EmergencyAccess, by: User) -> None:
    """End a look before its time; either operator or the agency's director may.

    :raises CannotAnswer: unless it is open.
    """
    with _logged_if_refused("end", on=access, by=by):
        locked = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
        if locked.state != EmergencyAccess.State.APPROVED:
            raise CannotAnswer(_("这次查看已经结束。"))
        now = clock.now()
        locked.state, locked.to_at = EmergencyAccess.State.ENDED, max(now, locked.from_at or now)
        locked.save(update_fields=["state", "to_at"])
        log.write("tenants.emergencyaccess.ended", on=locked, by=by)
    forget()


def end_passed(now: dt.datetime) -> int:
    """Mark looks whose hours are over as ended; they let nobody in since then anyway."""
    over = EmergencyAccess.objects.filter(state=EmergencyAccess.State.APPROVED, to_at__lte=now)
    return over.update(state=EmergencyAccess.State.ENDED)


def open_now(slug: str) -> EmergencyAccess | None:
    """Return the look that is going on in an agency, remembered for five seconds in each process."""
    remembered = _remembered.get(slug)
    if remembered is None or remembered[0] <= time.monotonic():
        look = (
            EmergencyAccess.objects.filter(tenant__slug=slug, state=EmergencyAccess.State.APPROVED, to_at__gt=Now())
            .select_related("asked_by", "answered_by")
            .first()
        )
        if len(_remembered) > 10_000:  # hosts that are no agencies are asked for too
            _remembered.clear()
        remembered = _remembered[slug] = (time.monotonic() + REMEMBER_SECONDS, look)
    return remembered[1]


def forget() -> None:
    """Ask anew: after an answer or an end, in this process at once, in the others within five seconds."""
    _remembered.clear()


class EmergencyMiddleware:
    """An operator inside looks only, and each page is written down first; everybody in the agency sees the notice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = current()
        if place is None or place.is_public or not request.user.is_authenticated:
            return self.get_response(request)
        slug = place.slug
        request.emergency = SimpleLazyObject(lambda: open_now(slug))  # type: ignore[attr-defined]
        if is_emergency(access_of(request)):
            self.watch(request, slug)
        return self.get_response(request)

    def watch(self, request: HttpRequest, slug: str) -> None:
        """Write down which page is opened.

        :raises PermissionDenied: for a write, an export, or a program's request.
        """
        path = request.path_info
        if path.startswith(SENDS):
            return
        assert isinstance(request.user, User)
        access = EmergencyAccess.objects.filter(
            tenant__slug=slug, asked_by=request.user, state=EmergencyAccess.State.APPROVED
        ).latest("from_at")
        if request.method not in ("GET", "HEAD") or "export" in request.GET or path.startswith("/api/"):
            log.write(DENIED, on=access, by=request.user, path=path[:200], tried=str(request.method))
            raise PermissionDenied
        log.write(OPENED, on=access, by=request.user, path=path[:200])


_remembered: dict[str, tuple[float, EmergencyAccess | None]] = {}


@contextmanager
def _logged_if_refused(act: str, *, on: Tenant | EmergencyAccess, by: User) -> Iterator[None]:
    """Do the act whole; a refused one is undone, and written down as refused."""
    try:
        with transaction.atomic():
            yield
    except Refused:
        log.write(DENIED, on=on, by=by, tried=act)
        raise


def _to_answer(asked: EmergencyAccess, by: User) -> EmergencyAccess:
    locked = EmergencyAccess.objects.select_for_update().get(pk=asked.pk)
    if locked.state != EmergencyAccess.State.ASKED:
        raise CannotAnswer(_("这个申请已经答复。"))
    if locked.asked_by_id == by.pk:
        raise CannotAnswer(_("须由另一位平台运营人员批准。"))
    return locked
