"""Of an agency that is gone the public listings are closed and the hours booked with supervisors are free again."""

import datetime as dt

import pytest
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from directory.models import StationListing
from services.leaving.tasks import settle_for_the_departed
from supervision.availability.actions import enrol_supervisor
from supervision.models import Booking
from tenants.models import Tenant
from tenants.running import in_public
from tests.cast import officer
from tests.workroom import Workroom


@pytest.fixture
def booked(north_room: Workroom, south_room: Workroom) -> None:
    with in_public():
        user = officer("sun", "supervisor", name="孙教授")
        sun = enrol_supervisor(user=user, university="泉城大学", by=None)
        now = timezone.now()
        for slug, days in (("north", 2), ("south", 3), ("north", -2)):
            start = now + dt.timedelta(days=days)
            Booking.objects.create(
                supervisor=sun, during=TimestamptzRange(start, start + dt.timedelta(hours=1), "[)"), tenant=slug,
                station="s", station_name="某站", booked_by=user, modality="online", state="confirmed", answer_by=now,
            )  # fmt: skip


@pytest.mark.usefixtures("booked", "public")
def test_listings_close_and_sessions_to_come_are_given_back() -> None:
    assert settle_for_the_departed() == 0
    standing = StationListing.objects.filter(tenant="north", closed_on=None).count()
    others = StationListing.objects.filter(tenant="south", closed_on=None).count()
    Tenant.objects.filter(slug="north").update(state=Tenant.State.DELETED)
    assert standing
    assert settle_for_the_departed() == standing + 1
    assert settle_for_the_departed() == 0

    assert not StationListing.objects.filter(tenant="north", closed_on=None).exists()
    assert StationListing.objects.filter(tenant="south", closed_on=None).count() == others
    states = Booking.objects.order_by("pk").values_list("tenant", "state")
    assert list(states) == [("north", "cancelled"), ("south", "confirmed"), ("north", "confirmed")]
