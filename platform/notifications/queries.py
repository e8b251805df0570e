"""What is asked about notifications, of the host where we stand."""

from collections.abc import Iterable
from typing import Final

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from common.notifications.models import Mail, StoredNotification, StoredSwitch
from notifications.kinds import AGENCY, BY_CODE, SHARED, Kind
from tenants.running import current

MOST_COUNTED: Final = 100  # the bell says 99+ beyond
URLS: Final = {AGENCY: "config.urls_tenant", SHARED: "config.urls_public"}


def is_in_agency() -> bool:
    """Tell whether we stand in an agency."""
    place = current()
    return place is not None and not place.is_public


def host() -> str:
    """Return which host we stand on: agency or shared."""
    return AGENCY if is_in_agency() else SHARED


def model() -> type[StoredNotification]:
    """Return the table of where we stand."""
    return apps.get_model("journal" if is_in_agency() else "notifications", "Notification")


def switch_model() -> type[StoredSwitch]:
    """Return the table of choices of where we stand."""
    return apps.get_model("journal" if is_in_agency() else "notifications", "Switch")


def told(user: str) -> "QuerySet[StoredNotification]":
    """Return what one person was told here."""
    return model()._default_manager.filter(user=user)


def unread(user: str) -> int:
    """Return how many notifications a person has not read, 100 for any more. One query that reads one index."""
    return told(user).filter(read_at=None).order_by()[:MOST_COUNTED].count()


def unread_of(request: HttpRequest) -> int:
    """Return how many notifications wait for this request's person; asked once, though bell and home both show it."""
    if not request.user.is_authenticated:
        return 0
    count: int | None = request.__dict__.get("_unread")
    if count is None:
        count = request.__dict__["_unread"] = unread(request.user.ref)
    return count


def sentence(row: StoredNotification) -> str:
    """Return what a notification says, in the language of who reads."""
    kind = BY_CODE.get(row.kind)
    if kind is None or row.words.keys() != kind.words:  # of another release
        return _("一条旧通知")
    return str(str(kind.sentence) % row.words)


def url(row: StoredNotification) -> str:
    """Return the page a notification leads to, as a path of the host where it was told; '' if there is none any more.

    The path is made when it is shown: a stored one would lead astray after an address changed.
    """
    kind = BY_CODE.get(row.kind)
    page = kind.pages.get(host(), "") if kind else ""
    try:
        path = reverse(page, urlconf=URLS[host()], args=row.args) if page else ""
    except NoReverseMatch:
        return ""
    return f"{path}?{kind.query}" if path and kind and kind.query else path


def switches(users: Iterable[str]) -> dict[tuple[str, str], StoredSwitch]:
    """Return what people chose, by person and kind; one query."""
    return {(row.user, row.kind): row for row in switch_model()._default_manager.filter(user__in=list(users))}


def mail_of(kind: Kind | None, switch: StoredSwitch | None) -> Mail:
    """Return when a kind is mailed: as was chosen, else as the kind says."""
    if switch is not None:
        return Mail(switch.mail)
    return kind.mail if kind else Mail.NEVER
