"""Log lines hold no names, numbers or rows."""

import logging

import pytest

from common.logs import LineFormatter, scrub


@pytest.mark.parametrize(
    "told",
    ["370102194903071222", "37010219490307122X", "３７０１０２１９４９０３０７１２２２", "13864100001", "138 6410 0001",
     "+86-138-6410-0001", "0531-88881234", "张桂兰", "买买提·吐尔逊", "𠮷田", "/clients/张桂兰/", "/clients/%E5%BC%A0/",
     "\\u5f20\\u6842", "\\xe5\\xbc\\xa0", "GET /clients/?q=zhangguilan",
     "DETAIL:  Failing row contains (1, Zhang, null)"],
)  # fmt: skip
def test_what_could_be_a_persons_is_blotted(told: str) -> None:
    left = scrub(f"Not Found: {told} end")

    for part in ("3701", "6410", "8888", "张", "买", "吉", "桂", "E5", "5f20", "xe5", "zhang", "Zhang"):
        assert part not in left
    assert left.startswith("Not Found: ")


def test_the_rest_of_a_line_stays() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Broken: %s", ("/records/abc123/",), None)

    line = LineFormatter().format(record)

    assert line.endswith("ERROR django.request Broken: /records/abc123/")
    assert "[" not in line
