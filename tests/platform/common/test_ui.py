"""Tags and filters of the templates."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.test import RequestFactory

from common.pages import chart, tones
from common.pages.notices import undo_url
from common.templatetags import ui


def shown(source, **context):
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("1234.5"), "¥1,234.50"), (Decimal("-0.005"), "-¥0.01"), (None, "–")]
)
def test_yuan(value, text):
    assert ui.yuan(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(Decimal("3.50"), "3.5"), (Decimal("40.00"), "40"), (100, "100"), (0.1, "0.1"), (None, "–")]
)
def test_plain_numbers_lose_idle_zeros(value, text):
    assert ui.plain(value) == text


def test_percent_of_nothing_is_zero():
    assert ui.percent(3, 0) == 0
    assert ui.percent(2, 3) == 67
    assert ui.percent(None, 5) == 0


def test_moments_are_shown_in_shanghai():
    late = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)

    assert ui.day(late) == "2026-11-21"
    assert ui.moment(late) == "2026-11-21 00:30"
    assert ui.clock(late) == "00:30"
    assert ui.day(dt.date(2026, 11, 21)) == "2026-11-21"
    assert ui.moment(None) == "–"


@pytest.mark.parametrize(("name", "letter"), [("王敏", "敏"), ("ada", "A"), (" ", "?"), ("买买提·吐尔逊", "逊")])
def test_initial(name, letter):
    assert ui.initial(name) == letter


def test_url_with_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/list/?q=王&page=3")

    assert shown("{% url_with page=4 %}", request=request) == "?q=%E7%8E%8B&amp;page=4"
    assert shown("{% url_with page='' %}", request=request) == "?q=%E7%8E%8B"


def test_states_have_a_tone_and_keep_their_word():
    pill = shown('{% include "_components/pill.html" with state="confirmed" label="已确认" only %}')

    assert pill == '<span class="pill pill-good">已确认</span>'
    assert tones.tone_of("never heard of") == "quiet"


def test_bars_start_at_zero_and_the_largest_fills_its_bed():
    drawn = chart.bar_chart([("甲", 50), ("乙", 25), ("丙", -5)])

    assert [bar.length for bar in drawn.bars] == [chart.BED_WIDTH, chart.BED_WIDTH // 2, 0]
    assert drawn.height == 3 * chart.ROW
    assert chart.bar_chart([("甲", 0)]).bars[0].length == 0


def test_only_an_undo_has_an_undo():
    assert undo_url(Message(25, "已记录", extra_tags="undo:/records/x/undo/")) == "/records/x/undo/"
    assert undo_url(Message(25, "已记录", extra_tags="")) == ""
