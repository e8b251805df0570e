"""Telling stands in the act's transaction, in the place of who is told, and costs one query for many."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from notifications import door
from notifications.models import Notification
from notifications.words import NotPublic
from services.journal.models import Notification as AgencyNotification
from tenants.models import Tenant
from tenants.running import in_tenant
from tests.cast import member, officer

AGENCY_SAID: dict[str, Any] = {
    "kind": "agency.confirmed", "about": "tenants.tenant:north", "agency": "north",
}  # fmt: skip
MARK: dict[str, Any] = {
    "kind": "mark.given", "about": "contracts.mark:m1", "args": ["c1", "A1"], "contract": "济历-1", "code": "A1",
    "points": 3,
}  # fmt: skip


@pytest.fixture
def zhou(public: None) -> User:
    return officer("zhou", "district_officer", "370102")


def test_an_agency_is_told_in_its_own_schema_and_no_other(public: None, north_row: Tenant, south_row: Tenant) -> None:
    head = member(north_row, "lin", "station_head")
    member(south_row, "south-head", "agency_director")

    assert door.tell_agency(holding=Permission.OWN_SCORE_VIEW, **AGENCY_SAID) == 1

    assert not Notification.objects.exists()
    with in_tenant(north_row):
        assert AgencyNotification.objects.get().user == head.ref
    with in_tenant(south_row):
        assert not AgencyNotification.objects.exists()


def test_an_agency_tells_the_shared_host_from_inside(zhou: User, north: Tenant) -> None:
    assert door.tell_shared(to=[zhou], **MARK) == 1

    assert not AgencyNotification.objects.exists()
    assert Notification.objects.get().user == zhou.ref


def test_who_did_it_is_not_told_and_nobody_twice(public: None, zhou: User) -> None:
    other = officer("wu", "district_officer", "370102")

    assert door.tell(to=[zhou, other, other.ref], by=zhou, **MARK) == 1
    assert Notification.objects.get().user == other.ref


def test_an_act_that_is_rolled_back_has_told_nobody(public: None, zhou: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        door.tell(to=[zhou], **MARK)
        _ = 1 / 0

    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"reason": "材料不全"}, {"points": "三"}, {"kind": "record.waiting"}, {"kind": "report.overdue"}]
)
def test_other_words_or_another_hosts_kind_are_refused(public: None, zhou: User, changes: dict[str, Any]) -> None:
    with pytest.raises(NotPublic):
        door.tell(to=[zhou], **{**MARK, **changes})
    assert not Notification.objects.exists()


def test_officers_are_those_whose_area_reaches_the_place(public: None, zhou: User) -> None:
    city = officer("city", "district_officer", "370100")
    officer("far", "district_officer", "370103")
    officer("nowhere", "district_officer", "")

    assert door.officers(Permission.SCORE_MARK, "370102") == [zhou.ref, city.ref]


def test_an_agency_without_tables_is_told_nothing(public: None, north_row: Tenant) -> None:
    member(north_row, "lin", "station_head")
    Tenant.objects.filter(pk=north_row.pk).update(state=Tenant.State.DELETED)

    assert door.tell_agency(holding=Permission.OWN_SCORE_VIEW, **AGENCY_SAID) == 0


def test_ten_thousand_are_told_with_a_query_for_five_hundred(public: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        assert door.tell(to=[f"u{number}" for number in range(10_000)], **MARK) == 10_000


def test_what_was_told_lately_is_known(public: None, zhou: User) -> None:
    door.tell(to=[zhou], **MARK)
    ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=7)

    assert door.told_lately("mark.given", ["contracts.mark:m1", "contracts.mark:m2"], ago) == {"contracts.mark:m1"}
    assert door.told_lately("mark.withdrawn", ["contracts.mark:m1"], ago) == set()
