"""What an agency uses: active stations, seats, bytes, requests. Counted from the shared floor; counts only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.roles import SEATLESS
from billing import rules
from billing.models import Account, Subscription, UsageDay
from directory import door as directory
from tenants.models import Membership, Tenant

REQUESTS_KEPT = 60 * 60 * 24 * 3


@dataclass(frozen=True)
class InUse:
    """Active stations (with hubs and clusters, without rooms) and seats: people who work here, not those of a fund's
    committee."""

    stations: int = 0
    seats: int = 0

    def __add__(self, other: "InUse") -> "InUse":
        return InUse(self.stations + other.stations, self.seats + other.seats)


def in_use(tenants: Iterable[Tenant], *, today: dt.date) -> dict[int, InUse]:
    """Return what each of these agencies uses, by its key. Two queries, however many there are."""
    asked = list(tenants)
    stations = directory.open_stations_of([tenant.slug for tenant in asked], on=today)
    seats = dict(
        Membership.objects.filter(tenant__in=asked, is_active=True)
        .exclude(roles__contained_by=sorted(SEATLESS))
        .values_list("tenant_id")
        .annotate(n=Count("pk"))
    )
    return {tenant.pk: InUse(stations.get(tenant.slug, 0), seats.get(tenant.pk, 0)) for tenant in asked}


def of_account(account: Account, *, today: dt.date) -> InUse:
    """Return what all agencies of this account use together."""
    tenants = Tenant.objects.filter(cover__account=account).exclude(state=Tenant.State.DELETED)
    return sum(in_use(tenants, today=today).values(), InUse())


@transaction.atomic
def note_excess(account: Account, *, today: dt.date) -> bool:
    """Note since when more is in use than was taken, or that it no longer is; return whether it is.

    On trial nothing is too much.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    taken = account.subscriptions.filter(state__in=[Subscription.State.ACTIVE, Subscription.State.PAST_DUE]).first()
    used = of_account(account, today=today)
    is_over = taken is not None and rules.is_over(
        stations=used.stations, seats=used.seats, bought_stations=taken.stations, bought_seats=taken.seats
    )
    since = (account.over_since or today) if is_over else None
    if since != account.over_since:
        account.over_since = since
        account.save(update_fields=["over_since"])
    return is_over


def count_request() -> None:
    """Count a request of the agency we stand in. Kept in the cache; the clock writes it down (`measure`)."""
    key = f"requests:{timezone.localdate()}"
    try:
        cache.incr(key)
    except ValueError:
        cache.add(key, 0, REQUESTS_KEPT)
        cache.incr(key)


def measure(tenant: Tenant, *, day: dt.date) -> UsageDay:
    """Write down what the agency used on a day; called while standing in it. May run many times a day."""
    counted = int(cache.get(f"requests:{day}") or 0)
    used, size = in_use([tenant], today=day)[tenant.pk], stored([tenant])[tenant.pk]
    row, is_new = UsageDay.objects.get_or_create(
        tenant=tenant,
        day=day,
        defaults={"stations": used.stations, "seats": used.seats, "storage": size, "requests": counted},
    )
    if not is_new:
        # A cache that was emptied begins again at nothing: what was written down never falls.
        row.stations, row.seats, row.storage = used.stations, used.seats, size
        row.requests = max(row.requests, counted)
        row.save(update_fields=["stations", "seats", "storage", "requests"])
    return row


def stored(tenants: Iterable[Tenant]) -> dict[int, int]:
    """Return how many bytes each agency's tables, with their indexes, and files take, by its key. One query."""
    asked = list(tenants)
    tables = _tables([tenant.schema_name for tenant in asked])
    return {tenant.pk: tables.get(tenant.schema_name, 0) + _files(tenant) for tenant in asked}


def _tables(schemas: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%s) AND c.relkind = 'r'"
            " GROUP BY n.nspname",
            [schemas],
        )
        return dict(cursor.fetchall())


def _files(tenant: Tenant) -> int:
    folder = Path(settings.MEDIA_ROOT) / tenant.schema_name
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else 0


@dataclass(frozen=True)
class Figures:
    """What the operator sees of an agency: in use now, bytes as last measured, requests of the last days."""

    stations: int = 0
    seats: int = 0
    storage: int = 0
    requests: int = 0


def figures(tenants: Iterable[Tenant], *, days: int, today: dt.date) -> dict[int, Figures]:
    """Return the figures of each agency by its key. Four queries, however many there are.

    An agency that was not measured yet, an hour at most, shows what its tables take.
    """
    asked = list(tenants)
    used, measured = in_use(asked, today=today), last_days(days, today=today)
    new = [tenant.schema_name for tenant in asked if tenant.pk not in measured]
    unmeasured = _tables(new) if new else {}
    found = {}
    for tenant in asked:
        mine = measured.get(tenant.pk, {"storage": unmeasured.get(tenant.schema_name, 0), "requests": 0})
        now = used[tenant.pk]
        found[tenant.pk] = Figures(now.stations, now.seats, mine["storage"], mine["requests"])
    return found


def last_days(days: int, *, today: dt.date) -> dict[int, dict[str, int]]:
    """Return requests of the last `days` and the newest bytes, by agency: one query."""
    rows = UsageDay.objects.filter(day__gt=today - dt.timedelta(days=days)).order_by("day")
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        mine = found.setdefault(row.tenant_id, {"requests": 0})
        mine.update(storage=row.storage, requests=mine["requests"] + row.requests)
    return found
