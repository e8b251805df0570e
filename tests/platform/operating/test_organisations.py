"""The operator keeps purchasers and landing parties, by pages and by the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import AuditEntry
from directory import organisations
from directory.models import Organisation
from tests.cast import officer, signed_in
from tests.identities import credit_code

PAGE = "/agencies/_/organisations/"
BUREAU = {"name": "历下区民政局", "kind": "bureau", "area": "历下区", "credit_code": ""}


@pytest.fixture
def desk(public: None) -> Client:
    return signed_in(officer("op", "operator"))


def acts() -> list[str]:
    return list(
        AuditEntry.objects.filter(act__startswith="directory.organisation").order_by("id").values_list("act", flat=True)
    )


def command(*words: str) -> str:
    told = StringIO()
    call_command("organisations", *words, stdout=told)
    return told.getvalue()


def test_added_corrected_closed_and_opened_again(desk: Client) -> None:
    assert "还没有登记单位" in desk.get(PAGE).content.decode()
    code = credit_code(77, "11")
    assert desk.post(f"{PAGE}new/", {**BUREAU, "credit_code": code.lower()}).status_code == 302
    made = Organisation.objects.get()
    assert (made.area, made.credit_code, made.closed_on) == ("370102", code, None)
    assert "历下区民政局" in desk.get(f"{PAGE}?q=370102&kind=bureau&state=open").content.decode()

    desk.post(f"{PAGE}{made.ref}/", {**BUREAU, "name": "济南市历下区民政局", "credit_code": code})
    desk.post(f"{PAGE}{made.ref}/close/")
    made.refresh_from_db()
    assert made.name == "济南市历下区民政局"
    assert made.closed_on
    again = desk.post(f"{PAGE}{made.ref}/close/", follow=True)
    assert [message.level_tag for message in again.context["messages"]][-1] == "error"
    assert "没有符合" in desk.get(f"{PAGE}?state=open").content.decode() or Organisation.objects.open().count() == 0
    desk.post(f"{PAGE}{made.ref}/reopen/")
    assert Organisation.objects.open().count() == 1
    assert desk.get(f"{PAGE}?export=xlsx").status_code == 200
    assert acts() == [f"directory.organisation.{act}" for act in ("added", "corrected", "closed", "reopened")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " 局 "}, "name"), ({"name": "历下区民政局"}, "name"), ({"area": "千佛山街道"}, "area"),
        ({"area": "乌有区"}, "area"), ({"kind": "street"}, "area"), ({"kind": "guild"}, "kind"),
        ({"credit_code": "11370102MJE0000770"}, "credit_code"), ({"credit_code": credit_code(78, "11")}, "credit_code"),
        ({"credit_code": "123"}, "credit_code"), ({"name": "长" * 101}, "name"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_at_its_field(desk: Client, changes: dict[str, Any], field: str) -> None:
    said = organisations.Said("历下区民政局", "bureau", "370102", credit_code(78, "11"))
    organisations.add(said=said, by=None)

    page = desk.post(f"{PAGE}new/", {**BUREAU, "name": "市中区民政局", **changes}).content.decode()

    assert "error-summary" in page
    assert f'id="id_{field}-error"' in page or f"#id_{field}" in page
    assert Organisation.objects.count() == 1


def test_officers_do_not_keep_them(public: None) -> None:
    zhou = signed_in(officer("zhou", "district_officer", "370102"))
    assert zhou.get(PAGE).status_code == 403
    assert zhou.post(f"{PAGE}new/", BUREAU).status_code == 403


def test_the_list_asks_the_same_few_questions(desk: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(15):
        organisations.add(said=organisations.Said(f"第{n}民政局", "bureau", "370102"), by=None)
    with django_assert_max_num_queries(9):
        assert desk.get(PAGE).status_code == 200


def test_by_the_command_line(public: None) -> None:
    ref = command("add", "--name", "历下区民政局", "--kind", "bureau", "--area", "370102").split()[0]
    command("add", "--name", "千佛山街道办事处", "--kind", "street", "--area", "370102002")
    command("correct", ref, "--name", "济南市历下区民政局")
    command("close", ref)
    listed = command("list")
    assert f"{ref} bureau 370102 - 济南市历下区民政局 (closed" in listed
    command("reopen", ref)
    for words in (("close", "nosuch"), ("reopen", ref), ("correct", ref, "--area", "370102002"),
                  ("add", "--name", "历下区民政局", "--kind", "street", "--area", "999999")):  # fmt: skip
        with pytest.raises(CommandError):
            command(*words)
    assert Organisation.objects.open().count() == 2
