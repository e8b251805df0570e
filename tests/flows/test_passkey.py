"""A passkey in a real browser: set up, signed in with, proved with again, and the way on when codes are shut (A3).

The authenticator is Chromium's own virtual one: it makes and keeps keys as a phone or a stick does.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from accounts.sign_in import presence
from audit.models import AuditEntry
from tenants.running import in_public
from tests.cast import PASSWORD
from tests.flows.conftest import Stage, Visitor
from tests.platform.accounts.factors import with_app, wrong_codes

pytestmark = pytest.mark.usefixtures("asks_for_factors")
PRESENT = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def asks_for_factors(settings: Any) -> None:
    """As in a deployment, but that the browser comes by plain HTTP to a name of its own machine."""
    settings.MFA_REQUIRED = settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True


def with_authenticator(visitor: Visitor) -> Page:
    """Give the visitor's browser a device that makes passkeys and answers for its owner."""
    device = visitor.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": PRESENT})
    return visitor.page


def add_passkey(page: Page, stage: Stage) -> None:
    page.goto(stage.url("/accounts/2fa/webauthn/add/", "north"))
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "办公室的电脑")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: "/webauthn/add/" not in address)


def sign_out(page: Page, stage: Stage) -> None:
    page.context.clear_cookies()
    page.goto(stage.url("/accounts/login/", "north"))


def test_a_director_lives_with_a_passkey_alone(stage: Stage, visitors: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor: Visitor = visitors()
    page = with_authenticator(visitor)
    boss = stage.north.director
    visitor.sign_in(stage.url("/accounts/login/", "north"), boss.username)
    assert "activate" in page.url  # a second factor is asked for before anything else

    add_passkey(page, stage)
    page.goto(stage.url("/clients/", "north"))
    page.click("#mfa_webauthn_reauthenticate")  # once, now that there is a key
    page.wait_for_url("**/clients/")

    # The password, then the key.
    sign_out(page, stage)
    page.fill("input[name=login]", boss.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(lambda address: "/accounts/" not in address)

    # The key alone.
    sign_out(page, stage)
    page.click("#passkey_login")
    page.wait_for_url(lambda address: "/accounts/" not in address)

    # After a pause the key is asked for again, and leads on to where one wanted to.
    with monkeypatch.context() as later:
        later.setattr(presence, "IDLE_SECONDS", -1)
        page.goto(stage.url("/clients/?q=x", "north"))
        page.wait_for_url("**/accounts/2fa/webauthn/reauthenticate/**")
    visitor.reads("再验证一次")
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/clients/?q=x")
    with in_public():
        assert AuditEntry.objects.filter(act="accounts.signed_in", actor=boss.ref).count() >= 3


def test_a_passkey_is_the_way_on_when_codes_are_shut(stage: Stage, visitors: Any) -> None:
    """Somebody who knows the password guesses at codes until all codes wait; the owner's key opens all the same."""
    visitor: Visitor = visitors()
    page = with_authenticator(visitor)
    head: User | None = stage.north.lin.user
    assert head
    visitor.sign_in(stage.url("/accounts/login/", "north"), head.username)
    add_passkey(page, stage)
    with_app(head)

    stranger: Visitor = visitors()
    stranger.sign_in(stage.url("/accounts/login/", "north"), head.username)
    codes = wrong_codes()
    for _each in range(6):
        stranger.page.goto(stage.url("/accounts/2fa/authenticate/", "north"))
        stranger.page.fill("input[name=code]", next(codes))
        stranger.page.press("input[name=code]", "Enter")
        stranger.page.wait_for_load_state()
    assert stranger.page.locator("h1").inner_text() == "尝试次数太多"
    stranger.complaints = [said for said in stranger.complaints if "429" not in said]  # the browser says so itself

    sign_out(page, stage)
    page.click("#passkey_login")
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto(stage.url("/clients/", "north"))
    assert page.url.endswith("/clients/")
