"""The guides as pages: each role's own, on both hosts, with links that lead on."""

import re

import pytest

from accounts.roles import ALL, EMERGENCY
from config.web import guides
from tests.cast import officer, signed_in
from tests.workroom import Workroom


@pytest.mark.parametrize("role", [role.slug for role in ALL if role.slug != EMERGENCY])
def test_every_role_has_a_guide(role: str) -> None:
    assert (guides.GUIDES / f"{role.replace('_', '-')}.md").is_file()


def test_one_meets_ones_own_guide_and_finds_the_others(north_room: Workroom) -> None:
    browser = signed_in(north_room.wei.user, north_room.host)
    assert 'href="/help/"' in browser.get("/").content.decode()

    page = browser.get("/help/").content.decode()

    assert "<h2" in page
    assert "记录一次走访" in page
    for href in set(re.findall(r'href="(/help/[^"#]*)', page)):
        assert browser.get(href).status_code == 200, href
    assert browser.get("/help/nobody/").status_code == 404
    assert browser.get("/help/README/").status_code == 404


@pytest.mark.usefixtures("public")
def test_the_shared_host_has_them_too_and_strangers_read_the_publics() -> None:
    zhou = signed_in(officer("zhou", "district_officer", "370102"))

    assert "区级主管人员" in zhou.get("/help/").content.decode()
    stranger = signed_in(None).get("/help/").content.decode()
    assert "公众：查公益基金" in stranger
    english = signed_in(None)
    english.post("/i18n/setlang/", {"language": "en"})
    assert "Recording a service" in english.get("/help/").content.decode()


def test_links_to_other_guides_lead_to_their_pages_and_html_is_only_text() -> None:
    html = str(guides._page("station-head"))

    assert 'href="/help/worker/"' in html
    assert 'href="/help/agency-director/#' in html
    assert guides.MARKDOWN.render("<script>x</script>").startswith("<p>&lt;script")
    assert ".md" not in str(guides._page("operator")), "what lies elsewhere in the source is no link"
