"""The pages of booking, on both hosts, without JavaScript."""

import datetime as dt

import pytest
from django.utils import timezone

from supervision.models import Availability, Booking
from supervision.words import State
from tests.cast import host_of, member, signed_in
from tests.platform.supervision.cast import list_station, offer, supervisor
from tests.platform.supervision.test_api import tomorrow


@pytest.fixture
def expert(public):
    who = supervisor()
    offer(who, start=tomorrow(9), end=tomorrow(12), rrule="FREQ=DAILY", now=timezone.now())
    return who


@pytest.fixture
def head(lin, north_row):
    return signed_in(lin, host_of(north_row))


@pytest.fixture
def desk(expert):
    return signed_in(expert.user)


def filled(expert, user, hour=9, **changes):
    return {
        "supervisor": expert.ref, "starts_at": f"{tomorrow(hour):%Y-%m-%dT%H:%M}", "minutes": "60",
        "modality": "onsite",
        "station": "N1", "kind": "individual", "function": "educational", "attendees": [user.ref], "topic": "",
    } | changes  # fmt: skip


def booked(head, expert, lin, **changes):
    answer = head.post("/supervision/book/", filled(expert, lin, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return Booking.objects.latest("pk")


def test_next_free_slot_stands_first_and_three_taps_book_it(head, expert, lin):
    first = head.get("/supervision/").content.decode()
    link = first.split('href="/supervision/book/?')[1].split('"')[0].replace("&amp;", "&")
    form = head.get(f"/supervision/book/?{link}")
    booking = booked(head, expert, lin)

    assert form.status_code == 200
    assert booking.during.lower == tomorrow(9)
    assert "待答复" in head.get(f"/supervision/bookings/{booking.ref}/").content.decode()


def test_taken_slot_keeps_the_form_and_one_tap_takes_another(head, expert, lin, south_row):
    booked(head, expert, lin)
    list_station("south", code="S1", region="370103")
    user = member(south_row, "rival", "station_head")
    rival = signed_in(user, host_of(south_row))

    answer = rival.post("/supervision/book/", filled(expert, user, station="S1", topic="情绪支持"))
    text = answer.content.decode()

    assert answer.status_code == 200
    assert text.count('name="take"') == 3
    assert "情绪支持" in text
    assert "error-summary" in text
    take = text.split('name="take" value="')[1].split('"')[0]
    assert rival.post("/supervision/book/", filled(expert, user, station="S1", take=take)).status_code == 302
    assert Booking.objects.of_agency("south").get().during.lower == tomorrow(10)


@pytest.mark.parametrize(
    "query",
    ["", "supervisor=x&starts_at=y", "starts_at=2026-02-31T09:00", "supervisor=x&starts_at=2026-11-24T09:00"],
)
def test_book_page_without_a_slot_leads_to_the_week(head, expert, query):
    assert head.get(f"/supervision/book/?{query}").headers["Location"] == "/supervision/week/"


@pytest.mark.parametrize("query", ["", "week=x", "week=9999-12-31", "week=0001-01-01", "minutes=7", "supervisor=x"])
def test_week_takes_any_address(head, expert, query):
    assert head.get(f"/supervision/week/?supervisor={expert.ref}&{query}").status_code == 200


def test_list_takes_the_same_queries_with_many_rows(head, expert, lin, django_assert_max_num_queries):
    for day in range(1, 12):
        offer_day = tomorrow(9) + dt.timedelta(days=day)
        Booking.objects.create(
            supervisor=expert, during=(offer_day, offer_day + dt.timedelta(hours=1)), tenant="north", station="N1",
            station_name="N1 社工站", modality="onsite", booked_by=lin, answer_by=offer_day,
        )  # fmt: skip

    head.get("/supervision/?size=10")  # so that the agency is remembered
    with django_assert_max_num_queries(12):  # one asks where the head works, one what is unread
        head.get("/supervision/?size=10")


def test_export_and_pages_beyond_the_end(head, expert, lin):
    booked(head, expert, lin)

    assert head.get("/supervision/?export=xlsx")["Content-Type"].endswith("sheet")
    assert "没有这一页" in head.get("/supervision/?page=99").content.decode()
    assert "没有符合条件的内容" in head.get("/supervision/?state=expired").content.decode()


def test_agency_cancels_with_a_reason(head, expert, lin):
    booking = booked(head, expert, lin)

    wrong = head.post(f"/supervision/bookings/{booking.ref}/cancel/", {"reason": ""})
    right = head.post(f"/supervision/bookings/{booking.ref}/cancel/", {"reason": "值班"})

    assert "error-summary" in wrong.content.decode()
    assert right.status_code == 302
    booking.refresh_from_db()
    assert booking.state == State.CANCELLED


def test_stranger_agency_sees_nothing(head, expert, lin, south_row):
    booking = booked(head, expert, lin)
    rival = signed_in(member(south_row, "rival", "agency_director"), host_of(south_row))

    assert rival.get(f"/supervision/bookings/{booking.ref}/").status_code == 404
    assert rival.post(f"/supervision/bookings/{booking.ref}/cancel/", {"reason": "x"}).status_code == 404


def test_desk_shows_what_waits_and_one_tap_confirms(head, desk, expert, lin):
    booking = booked(head, expert, lin)

    assert booking.ref in desk.get("/supervision/").content.decode()
    assert desk.post(f"/supervision/sessions/{booking.ref}/accept/").status_code == 302
    assert "已不能" not in desk.get(f"/supervision/sessions/{booking.ref}/").content.decode()
    again = desk.post(f"/supervision/sessions/{booking.ref}/accept/", follow=True)
    assert "不能再这样处理" in again.content.decode()


def test_proposal_goes_to_and_fro(head, desk, expert, lin):
    booking = booked(head, expert, lin)
    later = f"{tomorrow(18):%Y-%m-%dT%H:%M}"

    desk.post(f"/supervision/sessions/{booking.ref}/propose/", {"propose-starts_at": later, "propose-minutes": "60"})
    assert "督导提出另一个时间" in head.get(f"/supervision/bookings/{booking.ref}/").content.decode()
    head.post(f"/supervision/bookings/{booking.ref}/accept/")

    booking.refresh_from_db()
    assert (booking.state, booking.during.lower) == (State.CONFIRMED, tomorrow(18))


def test_session_is_declined_with_a_reason(head, desk, expert, lin):
    booking = booked(head, expert, lin)

    empty = desk.post(f"/supervision/sessions/{booking.ref}/decline/", {})
    desk.post(f"/supervision/sessions/{booking.ref}/decline/", {"decline-reason": "出差"})

    assert 'href="#id_decline-reason"' in empty.content.decode()
    assert "出差" in head.get(f"/supervision/bookings/{booking.ref}/").content.decode()


def test_session_is_written_down_on_its_day(head, desk, expert, lin):
    booking = booked(head, expert, lin)
    start = timezone.now() - dt.timedelta(hours=1)
    Booking.objects.filter(pk=booking.pk).update(state=State.CONFIRMED, during=(start, start + dt.timedelta(hours=1)))

    page = desk.get(f"/supervision/sessions/{booking.ref}/").content.decode()
    done = {"complete-minutes": "55", "complete-attendees": [lin.ref], "complete-summary": "讨论了转介。"}
    answer = desk.post(f"/supervision/sessions/{booking.ref}/complete/", done)

    assert "完成督导" in page
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert (booking.state, booking.minutes) == (State.COMPLETED, 55)


def test_offer_is_made_in_words_and_taken_back(desk, expert):
    day = timezone.localdate() + dt.timedelta(days=3)
    form = {
        "day": day.isoformat(), "start": "14:00", "end": "17:00", "repeat": "2", "weekdays": ["MO", "TH"],
        "until": (day + dt.timedelta(days=60)).isoformat(), "modality": "online", "capacity": "4",
    }  # fmt: skip
    assert desk.post("/supervision/availability/", form).status_code == 302

    made = Availability.objects.latest("pk")
    assert "每 2 周：周一、周四" in desk.get("/supervision/availability/").content.decode()
    assert desk.post(f"/supervision/availability/{made.ref}/withdraw/").status_code == 302
    assert not Availability.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(("changes", "said"), [
    ({"end": "13:00"}, "结束时间须晚于开始时间"), ({"until": "2020-01-01"}, "不能早于起始那天"),
    ({"day": "2020-01-01"}, "两年之内"),
    ({"capacity": "-1"}, "error-summary"), ({"start": "25:00"}, "error-summary"),
])  # fmt: skip
def test_odd_offer_says_what_is_wrong(desk, changes, said):
    form = {
        "day": (timezone.localdate() + dt.timedelta(days=3)).isoformat(), "start": "14:00", "end": "17:00",
        "repeat": "", "modality": "online", "capacity": "4",
    }  # fmt: skip
    assert said in desk.post("/supervision/availability/", form | changes).content.decode()


def test_calendar_shows_the_week(desk, head, expert, lin):
    booking = booked(head, expert, lin)

    assert booking.ref in desk.get(f"/supervision/calendar/?week={tomorrow(9):%Y-%m-%d}").content.decode()
    assert desk.get("/supervision/calendar/?week=nonsense").status_code == 200


def test_profile_is_kept_and_shown(desk, expert):
    form = {"university": "历山大学", "topics": "个案、老年，儿童", "regions": "370102", "confirms_at_once": "on"}
    assert desk.post("/supervision/profile/", form).status_code == 302

    expert.refresh_from_db()
    assert (expert.university.name, expert.topics, expert.regions) == ("历山大学", ["个案", "老年", "儿童"], ["370102"])
    assert expert.confirms_at_once
    assert "个案、老年、儿童" in desk.get("/supervision/profile/").content.decode()


@pytest.mark.parametrize("changes", [{"regions": "999999"}, {"topics": "、".join("abcdefghi")}, {"topics": "长" * 31}])
def test_odd_profile_says_what_is_wrong(desk, changes):
    assert "error-summary" in desk.post("/supervision/profile/", changes).content.decode()
