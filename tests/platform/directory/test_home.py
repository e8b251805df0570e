import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import StationListing
from tests.cast import signed_in
from tests.platform.directory.test_stations import put_on_view


@pytest.mark.usefixtures("public")
def test_home_finds_the_station_and_its_page_shows_it() -> None:
    put_on_view()
    browser = signed_in(None)

    answer = browser.get("/", {"q": "qfs"})
    found = StationListing.objects.get()

    assert "千佛山社工站" in answer.content.decode()
    assert f"/stations/{found.ref}/" in answer.content.decode()
    page = browser.get(f"/stations/{found.ref}/").content.decode()
    assert "北方社会工作服务中心" in page
    assert "经十路1号" in page
    assert browser.get("/stations/nothere/").status_code == 404
    assert browser.get("/", {"q": "qfs", "page": "999"}).status_code == 200


@pytest.mark.usefixtures("public")
def test_home_asks_as_many_queries_of_two_stations_as_of_sixty() -> None:
    browser = signed_in(None)
    browser.get("/")
    counts = []
    for codes in (range(2), range(2, 60)):
        for code in codes:
            put_on_view(code=f"S{code}")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/", {"q": "qfs"})
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 10
