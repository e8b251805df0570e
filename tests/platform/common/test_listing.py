"""A list is narrowed, sorted and paged by its address, and no address breaks it."""

import pytest
from django import forms
from django.test import RequestFactory

from accounts.models import FloorRole, User
from common.pages.forms import HouseForm
from common.pages.listing import Listing, folded
from common.pages.table import Column

pytestmark = pytest.mark.usefixtures("public")
COLUMNS = (
    Column("username", "用户名", sort="username"),
    Column("name", "姓名"),
    Column("length", "字数", value=lambda user: len(user.name), kind="number"),
)


class ActiveOnly(HouseForm):
    def narrow(self, rows):
        return rows.filter(is_active=True)


@pytest.fixture
def people():
    return User.objects.bulk_create(
        User(username=f"worker-{number:03}", name=f"王{number}", is_active=number % 2 == 0) for number in range(25)
    )


def listing(query="", form=None):
    request = RequestFactory().get(f"/people/{query}")
    rows = User.objects.filter(username__startswith="worker-")
    return Listing(request, rows, columns=COLUMNS, order="username", search=("username", "name"), form=form)


def test_list_shows_a_page_of_twenty_in_two_queries(people, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = listing()
        names = [user.username for user in found]

    assert len(names) == 20
    assert names == sorted(names)
    assert found.total == 25


def test_list_sorts_by_its_columns_only(people):
    assert next(iter(listing("?sort=-username"))).username == "worker-024"
    assert next(iter(listing("?sort=password"))).username == "worker-000"
    assert next(iter(listing("?sort=length"))).username == "worker-000"


def test_list_finds_every_word_anywhere(people):
    assert [user.username for user in listing("?q=worker-02 王2")] == [f"worker-02{digit}" for digit in range(5)]
    assert listing("?q=worker-003 王3").total == 1
    assert not listing("?q=nobody")
    assert listing("?q=nobody").is_filtered


def test_each_word_looks_through_what_a_row_leads_to_on_its_own(people):
    """Joined, every word would multiply the rows by all they lead to, and the database would count for hours."""
    for role in ("operator", "evaluator", "supervisor"):
        FloorRole.objects.create(user=people[3], role=role, area="370100")
    letters = " ".join("abcdefghijklmnopqrstuvwxyz"[place] for place in range(26))

    def found(query):
        request = RequestFactory().get("/people/", {"q": query})
        rows = User.objects.filter(username__startswith="worker-")
        return Listing(request, rows, columns=COLUMNS, order="username", search=("username", "floor_roles__role"))

    assert [user.username for user in found("operator evaluator 003")] == ["worker-003"]  # once, and in several roles
    assert found("operator 004").total == 0
    joins = {alias for alias in found(letters).rows.query.alias_map if alias != "accounts_user"}
    assert joins == set()
    assert found("o o o o").rows.query.__str__().count("LIKE") == found("o").rows.query.__str__().count("LIKE")


def test_list_narrows_by_its_form(people):
    assert listing(form=ActiveOnly({})).total == 13


@pytest.mark.parametrize("page", ["2", "3", "999999999999999999999", "-1", "abc", "", "1e9", "²"])
def test_no_page_breaks_the_list(people, page):
    assert 1 <= listing(f"?page={page}").page.number <= 2


def test_page_beyond_the_end_is_the_last_and_says_so(people):
    assert listing("?page=9").beyond
    assert not listing("?page=2").beyond
    assert not listing("?page=abc").beyond


@pytest.mark.parametrize(("asked", "size"), [("10", 10), ("100", 100), ("7", 20), ("1000000", 20), ("x", 20)])
def test_page_size_is_one_of_four(people, asked, size):
    assert listing(f"?size={asked}").size == size


def test_page_numbers_leave_out_the_middle():
    User.objects.bulk_create(User(username=f"worker-{number:04}") for number in range(200))

    assert listing("?size=10&page=10").numbers == [1, None, 9, 10, 11, None, 20]


def test_sorting_keeps_the_filter_and_starts_at_the_first_page(people):
    head = listing("?q=王&page=2").heads[0]

    assert head.href == "/people/?q=%E7%8E%8B&sort=-username"
    assert head.direction == "ascending"
    assert listing().heads[1].href == ""


class ManyFields(HouseForm):
    kind = forms.CharField(required=False)
    site = forms.CharField(required=False)
    state = forms.CharField(required=False)
    since = forms.CharField(required=False)
    until = forms.CharField(required=False)


def test_fields_beyond_the_third_fold_away_until_one_is_set():
    parts = folded(ManyFields({"kind": "visit"}))
    assert [field.name for field in parts.shown] == ["kind", "site", "state"]
    assert [field.name for field in parts.rest] == ["since", "until"]
    assert not parts.is_open
    assert folded(ManyFields({"until": "2026-11-21"})).is_open
    assert folded(None).shown == folded(None).rest == []


def test_criteria_are_what_can_be_saved(people):
    asked = "?until=2026&q=王&page=2&size=50&export=xlsx&kind=&sort=username&area=b&area=a"
    assert listing(asked).criteria == "area=b&area=a&until=2026"
    assert listing("?sort=-username").criteria == "sort=-username"
