"""The menu holds what the host has and the person may open."""

import types

import pytest
from django.test import RequestFactory
from django.urls import path

from accounts.access import Access
from config.web import menu as menus


def page(request, **names):
    raise AssertionError("never called")


URLS = types.ModuleType("urls_for_menus")
URLS.urlpatterns = [path("", page, name="home"), path("me/", page, name="me")]


@pytest.fixture
def asked(monkeypatch):
    """Return the menu of someone with the given roles on a host that has every page."""

    def reverse(name, urlconf=None):
        return f"/{name.replace(':', '/')}/"

    def ask(*roles, tenant="north", view="home"):
        monkeypatch.setattr(menus, "reverse", reverse)
        request = RequestFactory().get("/")
        request.access = Access(tenant=tenant, roles=frozenset(roles))
        request.resolver_match = types.SimpleNamespace(view_name=view)
        return menus._menu(request)

    return ask


def pages(menu):
    return [entry.href for _title, entries in menu.groups for entry in entries]


def test_worker_sees_clients_and_records_but_no_members(asked):
    shown = pages(asked("worker"))

    assert "/clients/list/" in shown
    assert "/members/list/" not in shown


def test_director_sees_members(asked):
    assert "/members/list/" in pages(asked("agency_director"))


def test_phone_has_a_dock_of_four_in_an_agency_and_none_on_the_shared_floor(asked):
    assert [entry.href for entry in asked("worker").dock] == ["/home/", "/records/new/", "/clients/list/", "/me/"]
    assert asked("district_officer", tenant=None).dock == []


def test_stranger_has_no_menu(asked):
    assert pages(asked()) == []


@pytest.mark.parametrize(
    ("view", "current"), [("clients:list", "/clients/list/"), ("clients:detail", "/clients/list/"), ("elsewhere", None)]
)
def test_page_marks_its_noun(asked, view, current):
    marked = [
        entry.href for _title, entries in asked("worker", view=view).groups for entry in entries if entry.is_current
    ]

    assert marked == ([current] if current else [])


def test_page_that_the_host_lacks_is_left_out():
    request = RequestFactory().get("/")
    request.access = Access(tenant="north", roles=frozenset({"worker"}))
    request.resolver_match = None
    request.urlconf = URLS

    assert pages(menus._menu(request)) == ["/"]


def test_work_begins_where_the_role_says(asked):
    assert asked("worker").work == "/home/"
    assert asked("district_officer", tenant=None).work == "/contracts/overview/"
    assert asked("supervisor", tenant=None).work == "/supervision/desk/"
    assert asked().work == "/"


@pytest.mark.parametrize(
    ("view", "current"),
    [
        ("contracts:scorecard", "/contracts/list/"),
        ("contracts:mark", "/contracts/list/"),
        ("contracts:ranking", "/contracts/ranking/"),
        ("contracts:overview", "/contracts/overview/"),
    ],
)
def test_pages_of_one_contract_belong_to_the_contracts(asked, view, current):
    groups = asked("district_officer", tenant=None, view=view).groups

    assert [entry.href for _title, entries in groups for entry in entries if entry.is_current] == [current]


def test_an_agencys_score_pages_belong_to_its_contracts(asked):
    groups = asked("worker", view="contracts:scorecard").groups

    assert [entry.href for _title, entries in groups for entry in entries if entry.is_current] == ["/contracts/own/"]
