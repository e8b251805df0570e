"""AT-28: every name is kept byte for byte and found by any dot, pinyin or initials."""

import pytest

from common.texts.names import name_problems, readings, search_key

RARE = ["𠮷田", "㛃", "䶮", "买买提·吐尔逊", "阿卜杜拉·穆罕默德" * 5, "王\U000e0100", "O'Brien", "张 三", "単"]


@pytest.mark.parametrize("name", [name[:50] for name in RARE])
def test_rare_names_are_right(name: str) -> None:
    assert name_problems(name) == []


@pytest.mark.parametrize(
    "name",
    ["", "  ", "张\x00三", "张\ud800", "张\u200b三", "张\u202e三", "张\n三", "字" * 51, "\u2066a"],
)
def test_what_cannot_be_seen_or_kept_is_refused(name: str) -> None:
    assert len(name_problems(name)) == 1


@pytest.mark.parametrize("dot", "·•・‧.．")
def test_any_dot_finds_the_name(dot: str) -> None:
    assert search_key(f"买买提{dot}吐尔逊") == search_key("买买提·吐尔逊")


def test_width_case_and_variants_do_not_hide_a_name() -> None:
    assert search_key("ＡＢＣ") == search_key("abc")
    assert search_key("葛\U000e0100") == search_key("葛")


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("单小明", ("shanxiaoming", "sxm"), ("danxiaoming", "dxm")),
        ("曾国强", ("zengguoqiang", "zgq"), ("cengguoqiang", "cgq")),
    ],
)
def test_a_surname_is_read_its_own_way_and_the_common_way(
    name: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert readings(name) == [first, second]


def test_a_plain_name_has_one_reading() -> None:
    assert readings("张伟") == [("zhangwei", "zw")]
    assert readings("尉迟恭") == [("yuchigong", "ycg")]


@pytest.mark.parametrize("name", ["\ufdfa" * 50, "ß" * 50])
def test_a_name_whose_key_outgrows_its_column_is_refused(name: str) -> None:
    assert len(name_problems(name)) == 1
