import datetime as dt
from typing import Any

import pytest

from directory import door, queries
from directory.models import StationListing
from tenants.models import Tenant

OPENED = dt.date(2025, 3, 1)


def put_on_view(tenant: str = "north", code: str = "S1", **changes: Any) -> None:
    shown: dict[str, Any] = {
        "name": "千佛山社工站", "level": "station", "label": "站", "region": "370102002", "address": "经十路1号",
        "opened_on": OPENED, "agency": "北方社会工作服务中心",
    }  # fmt: skip
    door.list_station(tenant=tenant, code=code, **{**shown, **changes})


@pytest.mark.parametrize(
    "words",
    ["千佛山", "qianfoshan", "qfs", "历下", "lixia", "济南", "jinan", "山东", "北方社会", "经十路", "历下区千佛山"],
)
@pytest.mark.usefixtures("public")
def test_a_station_is_found_by_its_place_street_agency_or_pinyin(words: str) -> None:
    put_on_view()
    put_on_view(code="S2", name="海洲社工站", region="330481001", agency="南方", address="")

    assert [found.code for found in queries.open_stations(words)] == ["S1"]


@pytest.mark.usefixtures("public")
def test_listing_twice_leaves_one_and_delisting_keeps_the_row() -> None:
    put_on_view()
    put_on_view(name="千佛山街道社工站")
    door.delist_station(tenant="north", code="S1", closed_on=dt.date(2026, 1, 1))

    (found,) = door.stations(tenant="north")
    assert (found.name, found.closed_on) == ("千佛山街道社工站", dt.date(2026, 1, 1))
    assert not queries.open_stations("qfs").exists()


@pytest.mark.usefixtures("public")
def test_stations_of_an_area() -> None:
    put_on_view()
    put_on_view(code="S3", region="370103002")

    assert [found.code for found in door.stations(area="370102")] == ["S1"]
    assert [found.code for found in door.stations(tenant="north", codes=["S3", "S9"])] == ["S3"]


@pytest.mark.usefixtures("public")
def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(door.UnknownRegion):
        put_on_view(region="999999999")
    assert not StationListing.objects.exists()


def test_an_agency_lists_only_its_own(north: Tenant) -> None:
    put_on_view()

    with pytest.raises(ValueError, match="may not list"):
        put_on_view(tenant="south")
