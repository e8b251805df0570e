"""Pages of every kind render, in both languages and both sizes, and carry nothing inline."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tenants.models import Tenant
from tests.cast import host_of, member, signed_in

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Outline(HTMLParser):
    """Collects ids, inline styles, handlers and scripts, and what was left open."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.inline, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.inline.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline(answer):
    return Outline(answer.content.decode())


@pytest.fixture
def gallery_open(settings):
    settings.DEMO = True


@pytest.fixture
def lin(public, north_row):
    return signed_in(member(north_row, "lin", "station_head", name="林静"), host_of(north_row))


def test_gallery_is_well_formed_and_carries_nothing_inline(lin, gallery_open):
    page = outline(lin.get("/gallery/"))

    assert page.inline == []
    assert page.open == []
    assert [name for name in set(page.ids) if page.ids.count(name) > 1] == []


def test_gallery_is_not_shown_in_earnest(lin, settings):
    settings.DEMO = False

    assert lin.get("/gallery/").status_code == 404


def test_sign_in_says_what_is_wrong_on_top_and_beside_the_field(public):
    answer = Client(HTTP_HOST="localhost").post("/accounts/login/", {"login": "", "password": "x"})
    text = answer.content.decode()

    assert 'class="error-summary" role="alert" tabindex="-1"' in text
    assert 'href="#id_login"' in text
    assert re.search(
        r'id="id_login"[^>]*aria-describedby="id_login_error"|aria-describedby="id_login_error"[^>]*id="id_login"', text
    )
    assert 'id="id_login_error"' in text


@pytest.mark.parametrize(
    "page",
    ["/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/recovery-codes/generate/"],
)
def test_account_pages_stand_in_the_frame(lin, page):
    text = lin.get(page, follow=True).content.decode()

    assert 'id="main"' in text
    assert Outline(text).inline == []


def test_language_switch_changes_the_language_of_the_document(lin, gallery_open):
    assert '<html lang="zh-Hans"' in lin.get("/gallery/").content.decode()

    lin.post("/i18n/setlang/", {"language": "en", "next": "/gallery/"})

    assert '<html lang="en"' in lin.get("/gallery/").content.decode()


def test_large_type_is_remembered_and_taken_back(lin, gallery_open):
    lin.post("/look/type/", {"size": "large", "next": "/gallery/"})
    assert 'class="large"' in lin.get("/gallery/").content.decode()

    lin.post("/look/type/", {"size": "", "next": "/gallery/"})
    assert 'class="large"' not in lin.get("/gallery/").content.decode()


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_switch_leads_nowhere_else(lin, there):
    assert lin.post("/look/type/", {"size": "large", "next": there})["Location"] == "/"


def test_switch_takes_a_post_only(lin):
    assert lin.get("/look/type/").status_code == 405


def test_unknown_page_is_a_404_of_our_own(lin):
    answer = lin.get("/no/such/page/")

    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost", "north.localhost"])
def test_what_is_no_page_has_the_mark_too(north_row: Tenant, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].endswith("mark.svg")
