import pytest

from directory.readings import MOST, readings


def test_the_likeliest_reading_comes_first() -> None:
    assert readings("历下区")[0] == ("lixiaqu", "lxq")


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("长清区", "changqingqu"),
        ("乐陵市", "laolingshi"),
        ("单县", "shanxian"),
        ("浚县", "xunxian"),
        ("涡阳县", "guoyangxian"),
        ("六合区", "liuhequ"),
        ("重庆市", "chongqingshi"),
        ("番禺区", "panyuqu"),
        ("泺源街道", "luoyuanjiedao"),
        ("双江拉祜族佤族布朗族傣族自治县", "shuangjianglahuzuwazubulangzudaizuzizhixian"),
    ],
)
def test_local_and_many_sided_readings_are_kept(name: str, spelt: str) -> None:
    assert spelt in [reading for reading, _initials in readings(name)]


def test_the_class_word_is_never_varied() -> None:
    assert all(reading.endswith("qu") for reading, _initials in readings("长清区"))
    assert len(readings("长乐长兴长葛街道")) <= MOST
