"""What somebody typed is not lost when they were away: the page stays, and a second sign-in lets it be sent."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page

from services.records.models import ServiceRecord
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD
from tests.flows.conftest import Stage, Visitor

pytestmark = pytest.mark.browser
WORDS = "老人说近来睡得好，血压平稳，想参加周五的合唱。"


def away(page: Page) -> None:
    """Let two minutes pass, and the session end."""
    page.clock.fast_forward(120_000)
    with in_public():
        Session.objects.all().delete()


def a_long_form(stage: Stage, visitors: Callable[..., Visitor], **how: bool) -> Page:
    page = visitors(**how).sign_in(stage.url("/accounts/login/", "north"), "n-wei").page
    page.clock.install()
    page.goto(stage.url(f"/records/new/?kind=home_visit&client={stage.north.client.ref}", "north"))
    page.locator("textarea[name=note]").fill(WORDS)
    page.locator("input[name=minutes]").fill("45")
    return page


def send(page: Page) -> None:
    page.locator("main form.own-form button[type=submit], main form .btn-primary[type=submit]").first.click()


def sign_in_beside(page: Page, username: str) -> None:
    """Follow the dialog's link into a new page and sign in there."""
    with page.context.expect_page() as opened:
        page.locator("#away a.btn-primary").click()
    beside = opened.value
    beside.locator("input[name=login]").fill(username)
    beside.locator("input[name=password]").fill(PASSWORD)
    beside.locator("main button[type=submit]").first.click()
    beside.wait_for_url(lambda url: "/accounts/login/" not in url)
    beside.close()
    page.get_by_role("button", name="回到本页").click()


def records(stage: Stage) -> int:
    with in_tenant(stage.north.tenant):
        return ServiceRecord.objects.count()


def test_a_form_filled_in_before_the_sign_in_ran_out_is_sent_after_the_next(
    stage: Stage, visitors: Callable[..., Visitor]
) -> None:
    page, before = a_long_form(stage, visitors), records(stage)
    away(page)
    send(page)

    page.locator("#away").wait_for(state="visible")
    assert "填写的内容还在本页" in page.locator("#away").inner_text()
    assert "另一个账号" not in page.locator("#away").inner_text()
    assert page.locator("textarea[name=note]").input_value() == WORDS
    assert records(stage) == before
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "合唱" not in kept
    assert stage.north.client.name not in kept

    sign_in_beside(page, "n-wei")
    send(page)
    page.wait_for_url(lambda url: "/records/new/" not in url)
    assert records(stage) == before + 1


def test_nobody_elses_account_sends_it(stage: Stage, visitors: Callable[..., Visitor]) -> None:
    page, before = a_long_form(stage, visitors), records(stage)
    away(page)
    send(page)
    page.locator("#away").wait_for(state="visible")
    sign_in_beside(page, "n-lin")
    page.clock.fast_forward(120_000)
    send(page)

    page.locator("#away").wait_for(state="visible")
    assert "另一个账号" in page.locator("#away").inner_text()
    assert not page.locator("#away a.btn-primary").is_visible()
    assert records(stage) == before


def test_a_page_that_stood_open_is_sent_without_a_word_while_one_is_signed_in(
    stage: Stage, visitors: Callable[..., Visitor]
) -> None:
    page, before = a_long_form(stage, visitors), records(stage)
    page.locator("input[name=held_at]").fill("2026-01-05T09:30")
    page.clock.fast_forward(120_000)
    send(page)
    page.wait_for_url(lambda url: "/records/new/" not in url)
    assert records(stage) == before + 1


def test_where_the_page_did_not_ask_first_the_words_come_back_to_be_copied(
    stage: Stage, visitors: Callable[..., Visitor]
) -> None:
    visitor = visitors()
    page, before = a_long_form(stage, lambda: visitor), records(stage)
    with in_public():
        Session.objects.all().delete()
    send(page)  # at once: the page does not ask first

    page.get_by_text("这个页面开得太久了").first.wait_for()
    assert WORDS in page.locator("main").inner_text()
    assert "csrfmiddlewaretoken" not in page.content()
    assert records(stage) == before
    assert len(visitor.complaints) == 1
    assert "403" in visitor.complaints.pop()


def test_words_are_there_again_after_going_back_from_a_refused_form(
    stage: Stage, visitors: Callable[..., Visitor]
) -> None:
    page = a_long_form(stage, visitors)
    page.locator("input[name=minutes]").fill("")
    send(page)
    page.locator(".error-summary").wait_for()
    assert page.locator("textarea[name=note]").input_value() == WORDS
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("textarea[name=note]").input_value() == WORDS
