"""Rules are read with care, said in words, and keep the clock time of Shanghai."""

import datetime as dt

import pytest

from common.dates import SHANGHAI
from supervision.availability.recurrence import CannotRepeat, in_words, normal, occurrences
from tests.platform.supervision.cast import NOW, at

FAR = NOW + dt.timedelta(weeks=26)


def starts(rule, start=None, end=None, after=NOW, before=FAR):
    start = start or at(23, 9)
    spans = occurrences(start, end or start + dt.timedelta(hours=3), normal(rule), after=after, before=before)
    return [begin.astimezone(SHANGHAI) for begin, _end in spans]


def test_no_rule_is_one_time():
    assert starts("") == [at(23, 9)]


def test_weekly_rule_repeats_on_its_days():
    found = starts("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4")

    assert found == [at(23, 9), at(25, 9), at(30, 9), at(32, 9)]


def test_prefix_and_case_do_not_matter():
    assert normal("rrule:freq=weekly;byday=mo") == "FREQ=WEEKLY;BYDAY=MO"


def test_until_a_day_means_to_its_end_in_shanghai():
    assert normal("FREQ=DAILY;UNTIL=20261125") == "FREQ=DAILY;UNTIL=20261125T155959Z"
    assert starts("FREQ=DAILY;UNTIL=20261125") == [at(23, 9), at(24, 9), at(25, 9)]


def test_only_times_ahead_and_within_the_horizon_are_written_out():
    found = starts("FREQ=WEEKLY", start=at(23, 9) - dt.timedelta(weeks=60))

    assert found[0] == at(23, 9)
    assert len(found) == 26
    assert all(NOW < moment < FAR for moment in found)


def test_time_that_is_running_still_counts():
    assert starts("", start=NOW - dt.timedelta(hours=1)) == [NOW - dt.timedelta(hours=1)]
    assert starts("", start=NOW - dt.timedelta(hours=3)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "BYDAY=MO", "FREQ=WEEKLY;FREQ=DAILY", "FREQ", "=",
        "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=1000000", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=WEEKLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=5MO", "FREQ=DAILY;UNTIL=20260231", "FREQ=DAILY;UNTIL=tomorrow",
        "DTSTART:20261123T090000\nRRULE:FREQ=DAILY", "'; DROP TABLE", "FREQ=DAILY;X-OWN=1",
    ],
)  # fmt: skip
def test_anything_else_is_refused(rule):
    with pytest.raises(CannotRepeat):
        normal(rule)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "仅一次"),
        ("FREQ=WEEKLY", "每周：周一"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "每周：周一、周三"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;COUNT=6", "每 2 周：周五，共 6 次"),
        ("FREQ=MONTHLY;BYDAY=1TU", "每月：第 1 个周二"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月：最后一个周五"),
        ("FREQ=DAILY;UNTIL=20270131", "每天，到 2027-01-31"),
    ],
)
def test_rule_in_words(rule, said):
    assert in_words(normal(rule), at(23, 9)) == said
