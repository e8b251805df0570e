"""Log lines hold no names, numbers or rows."""

import logging
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.test import RequestFactory

from accounts.models import User
from common.logs.lines import LineFormatter, scrub
from tenants.running import in_public


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


LATIN = "Abdurehim Tursun"


def line_of(error: BaseException, message: str = "Broken") -> str:
    """Return what the log says of an exception that was raised and caught."""
    try:
        raise error
    except type(error) as caught:
        info = (type(caught), caught, caught.__traceback__)
    return LineFormatter().format(logging.LogRecord("django", logging.ERROR, __file__, 1, message, (), info))


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal: {LATIN}"),
        KeyError(LATIN),
        DataError(f'invalid input syntax for type date: "{LATIN}"\nLINE 1: ...'),
        IntegrityError(f"duplicate key\nDETAIL:  Key (name)=({LATIN}\n{LATIN}) already exists."),
        RuntimeError(LATIN),
    ],
)
def test_an_exceptions_words_are_not_written_down(error: Exception) -> None:
    try:
        raise RuntimeError(LATIN) from error
    except RuntimeError as outer:
        line = line_of(outer)

    assert "Tursun" not in line
    assert type(error).__name__ in line
    assert "test_logs.py" in line


def test_words_of_our_own_code_and_the_databases_rule_stay(db: None) -> None:
    assert "has no attribute 'sits'" in line_of(AttributeError("'Site' object has no attribute 'sits'"))
    with in_public(), pytest.raises(DatabaseError) as refused, transaction.atomic():
        for _ in range(2):
            User.objects.create_user("Tursun")
    line = line_of(refused.value.__cause__ or refused.value)

    assert "sqlstate=23505" in line
    assert "constraint_name=accounts_user_username_key" in line
    assert "Tursun" not in line


def test_of_an_address_the_page_is_written_down_not_what_was_typed() -> None:
    request = RequestFactory().get(f"/clients/{LATIN.replace(' ', '-')}/")
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Not Found: %s", (request.path,), None)
    record.request = request

    assert LineFormatter().format(record).endswith("Not Found: [no such page]")
    request.resolver_match = SimpleNamespace(route="clients/<slug:ref>/")
    assert LineFormatter().format(record).endswith("Not Found: /clients/<slug:ref>/")


@pytest.mark.parametrize("word", ["DETAIL", "STATEMENT", "LINE 1", "CONTEXT"])
def test_a_row_of_several_lines_is_blotted_whole(word: str) -> None:
    assert scrub(f"refused\n{word}: first\n{LATIN}\nlast") == f"refused\n{word}: [row]"


def test_what_celery_says_of_a_task_holds_no_value() -> None:
    said = {"name": "tasks.send", "id": "1", "exc": f"ValueError('{LATIN}')", "traceback": f"...{LATIN}", "args": LATIN}
    record = logging.LogRecord(
        "celery.app.trace", logging.ERROR, __file__, 1, "Task %(name)s[%(id)s] raised: %(exc)s\n%(traceback)s", (said,),
        None,
    )  # fmt: skip

    line = LineFormatter().format(record)

    assert "Tursun" not in line
    assert "Task tasks.send[1] raised" in line
