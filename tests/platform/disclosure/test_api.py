"""GET /api/v1/disclosures/: anyone, published notices only."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure import door
from tests.platform.disclosure.faces import FUND, face, notice

pytestmark = pytest.mark.usefixtures("north_row", "public")
PATH = "/api/v1/disclosures/"


def test_anybody_reads_published_notices() -> None:
    face()
    notice()
    notice("gone", number="GONE")
    door.end_notice(tenant="north", source="gone", withdrawn=True)

    answer = Client(HTTP_HOST="localhost").get(PATH)

    (one,) = answer.json()["results"]
    assert one["agency"] == "north"
    assert (one["fund"], one["fund_name"]) == (FUND, "千佛山阳光基金")
    assert (one["amount"], one["state"], one["cause"]) == ("3000.00", "running", "illness")
    assert one["place_name"].endswith("千佛山街道")
    assert set(one) == {
        "ref", "agency", "fund", "fund_name", "number", "kind", "title", "cause", "place", "place_name", "amount",
        "from_on", "to_on", "state",
    }  # fmt: skip


def test_by_agency_and_month() -> None:
    face()
    for number, day in (("FEB", dt.date(2026, 2, 28)), ("MAR", dt.date(2026, 3, 1)), ("END", dt.date(2026, 3, 31))):
        notice(number, number=number, from_on=day, to_on=day)
    browser = Client(HTTP_HOST="localhost")

    def numbers(**asked: str) -> list[str]:
        return [one["number"] for one in browser.get(PATH, asked).json()["results"]]

    assert numbers(month="2026-03") == ["END", "MAR"]
    assert numbers(month="2026-03", agency="south") == []
    assert numbers(agency="north", limit="2") == ["END", "MAR"]


@pytest.mark.parametrize("asked", [{"month": "2026-13"}, {"month": "soon"}, {"month": "２０２６-０３"},
                                   {"month": "2026-3"}, {"month": "0000-01"}, {"agency": "a b"}])  # fmt: skip
def test_a_wrong_question_is_refused(asked: dict[str, str]) -> None:
    answer = Client(HTTP_HOST="localhost").get(PATH, asked)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(asked)


def test_pages_by_cursor_ask_the_same_however_long_the_list() -> None:
    face()
    browser = Client(HTTP_HOST="localhost")
    browser.get(PATH)
    counts = []
    for numbers in (range(3), range(3, 60)):
        for number in numbers:
            notice(f"n{number}", number=f"N{number}")
        with CaptureQueriesContext(connection) as asked:
            first = browser.get(PATH, {"limit": "20"}).json()
        counts.append(len(asked))
    second = browser.get(first["next"]).json()

    assert counts[0] == counts[1] <= 4
    assert len(first["results"]) == 20
    assert not {one["ref"] for one in first["results"]} & {one["ref"] for one in second["results"]}
