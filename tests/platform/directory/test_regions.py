from typing import Any

import pytest
from django.db import IntegrityError, transaction

from directory import door, loading
from directory.models import Reading, Region
from tests.cast import signed_in

pytestmark = pytest.mark.usefixtures("public")


def test_the_source_holds_every_division() -> None:
    levels = [division.level for division in loading.divisions()]

    assert [levels.count(level) for level in (1, 2, 3, 4)] == [33, 333, 2845, 38723]
    assert len(levels) == 41934
    assert sum(division.level == 4 and division.code.startswith("3701") for division in loading.divisions()) == 161


def test_loading_again_changes_nothing() -> None:
    before = (Region.objects.count(), Reading.objects.count())

    assert loading.load(loading.within(["370102"])) == 17
    assert (Region.objects.count(), Reading.objects.count()) == before


def test_within_keeps_what_is_above_and_below() -> None:
    assert [division.level for division in loading.within(["370102"])][:3] == [1, 2, 3]
    assert {division.code[:6] for division in loading.within(["370102"]) if division.level == 4} == {"370102"}


def test_a_code_fits_its_level() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.create(code="370102", name="x", full_name="x", level=4, parent="")


@pytest.mark.parametrize("words", ["历下", "lixia", "LiXia", "li xia qu", "lxq"])
def test_a_district_is_found_by_name_pinyin_and_initials(words: str) -> None:
    assert "370102" in [region.code for region in door.search_regions(words, level=3)]


def test_changqing_is_found_though_the_dictionary_says_zhang() -> None:
    assert [region.name for region in door.search_regions("changqing", level=3)] == ["长清区"]


def test_search_by_parent_level_and_full_name() -> None:
    assert len(door.search_regions("", level=4, parent="370102", limit=100)) == 14
    assert door.search_regions("济南市", limit=1)[0].code == "370100"
    assert [region.name for region in door.search_regions("历下区 千佛山")] == ["千佛山街道"]
    assert door.search_regions("没有这个地方") == []
    assert door.search_regions("%") == []


def test_one_region_many_and_none() -> None:
    assert door.region("370102001").full_name == "山东省济南市历下区解放路街道"
    assert set(door.regions(["370100", "999999"])) == {"370100"}
    assert door.full_name("999999") == ""
    with pytest.raises(door.UnknownRegion):
        door.region("999999")


def test_towns_may_stand_under_a_city() -> None:
    assert door.search_regions("虎门", parent="441900")[0].level == 4


def test_api_pages_through_all_and_refuses_nonsense() -> None:
    browser = signed_in(None)

    first = browser.get("/api/v1/regions/?parent=370102&limit=10").json()
    second = browser.get(first["next"]).json()

    assert len(first["results"]) == 10
    assert set(first["results"][0]) >= {"code", "name", "level", "parent"}
    assert len(second["results"]) == 4
    assert second["next"] is None
    assert browser.get("/api/v1/regions/?q=qfs&level=4").json()["results"][0]["name"] == "千佛山街道"
    for wrong in ("level=5", "level=x", "parent=abc", "q=" + "长" * 61):
        answer = browser.get(f"/api/v1/regions/?{wrong}")
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
    assert browser.get("/api/v1/regions/?cursor=nonsense").status_code == 404


def test_divisions_once_read_are_remembered(django_assert_num_queries: Any) -> None:
    codes = ["370102", "370103", "000000"]
    assert set(door.regions(codes)) == {"370102", "370103"}
    assert len(door.districts(["3701"])) == 12
    with django_assert_num_queries(1):  # for the one code that nobody has
        door.regions(codes)
    with django_assert_num_queries(0):
        assert {one.level for one in door.below(["3701"])} == {3, 4}
    assert door.below([]) == []
