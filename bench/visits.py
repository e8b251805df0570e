"""Recording a visit with its rules, log line and facts, against the ORM's bare insert of the same record.

The bare insert writes what the record itself is: its row and the row that says whom it was for.
"""

import datetime as dt
from itertools import count

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import User
from bench.ground import Row, at_most, medians
from common.dates import local_day
from common.refs import new_ref
from directory.loading import load, within
from services.clients.models import Client
from services.network import actions as network
from services.people import actions as people
from services.people.models import Staff
from services.records.actions import Service, record_service
from services.records.models import Attendance, ServiceRecord
from tenants.agencies.actions import open_agency
from tenants.running import in_public, in_tenant

GOAL = 4.0
VISITS = 200


def measure() -> list[Row]:
    """Return median seconds of one visit: ours with rules, log and facts, theirs the bare row."""
    with in_public():
        load(within(["370102"]))
        tenant = open_agency(slug="bench-visits", name="测量")
        user = User.objects.create_user("bench-visits")
    with in_tenant(tenant):
        return [_compare(user)]


def _compare(user: User) -> Row:
    now = timezone.now()
    today = local_day(now)
    site = network.open_site(
        code="S1", name="测量站", level="station", label="站", parent=None, region="370102001", address="",
        opened_on=today, agency="测量", today=today, by=None,
    )  # fmt: skip
    ours_by, theirs_by = (
        people.take_on(name=name, employment="full_time", started_on=today, user=None, by=None) for name in ("甲", "乙")
    )
    client = Client.objects.create(
        number="C1", name="丙", name_key="丙", pinyin="bing", initials="b", site=site, opened_on=today
    )
    turns = count(1)

    def ours() -> None:
        held_at = now - dt.timedelta(hours=10 * next(turns))
        service = Service(
            kind="home_visit", site=site, worker=ours_by, held_at=held_at, minutes=40, setting="home", clients=(client,)
        )
        record_service(service=service, now=now, by=user)

    def theirs() -> None:
        _bare(site.pk, theirs_by, client, now - dt.timedelta(hours=10 * next(turns)), now, user)

    ours()  # both sides once, to be warm
    theirs()
    mine, other = medians(ours, theirs, count=VISITS)
    return at_most("record_visit_median_seconds", mine, other, GOAL)


@transaction.atomic
def _bare(site: int, worker: Staff, client: Client, held_at: dt.datetime, now: dt.datetime, user: User) -> None:
    record = ServiceRecord.objects.create(
        ref=new_ref(), kind="home_visit", site_id=site, worker=worker, held_at=held_at, minutes=40, setting="home",
        during=DateTimeTZRange(held_at, held_at + dt.timedelta(minutes=40), "[)"), recorded_by=user.ref,
        recorded_at=now,
    )  # fmt: skip
    Attendance.objects.create(record=record, client=client)
