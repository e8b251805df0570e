"""Rows that the release before wrote are read by this one: its words changed, the rows did not."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from services.funds.fund import dissolution
from services.funds.models import CommitteeMember, Fund, ResidualTransfer
from services.grants.models import Application, Opinion
from services.ledger import verification
from services.ledger.archived import broken_links
from services.ledger.models import Entry, Line
from tenants.backend.owner import as_owner
from tests.services.grants.cast import Foundation, granted
from tests.services.ledger.books import at_commit

BEFORE = [("funds", "0005_databases_clock"), ("grants", "0003_words_of_deciding"), ("ledger", "0002_guards")]
AFTER = [("funds", "0006_words"), ("grants", "0004_words"), ("ledger", "0003_words")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Bring the agency one stands in to these migrations, and return the models they leave."""
    at_commit()  # a table with checks still to come cannot be altered
    with as_owner():
        MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def release_before(base: Foundation) -> Any:
    """The models of the release before, on tables as it had them."""
    return migrate(BEFORE)


def test_rows_of_the_release_before_are_read(base: Foundation, release_before: Any) -> None:
    person, today = base.monitor.ref, timezone.localdate()
    old_fund = release_before.get_model("funds", "Fund").objects.get(pk=base.fund.pk)
    old_fund.host = "旧托管会"
    old_fund.save()
    seat = release_before.get_model("funds", "Seat").objects.create(
        fund=old_fund, person="former", name="旧委员", duty="member", from_on=today, to_on=today
    )
    asked = release_before.get_model("funds", "HandOver").objects.create(
        fund=old_fund, amount=Decimal(5), asked_by=person, released_by=""
    )
    entry = release_before.get_model("ledger", "Entry").objects.get(book=old_fund.book_id)
    legs = list(release_before.get_model("ledger", "Leg").objects.order_by("pk").values_list("pk", "amount"))

    migrate(AFTER)

    fund = Fund.objects.get(pk=old_fund.pk)
    assert fund.custodian == "旧托管会"
    member = CommitteeMember.objects.get(ref=seat.ref)
    assert (member.role, member.get_role_display(), member.fund) == ("member", "委员", fund)
    assert ResidualTransfer.objects.get(ref=asked.ref).amount == Decimal(5)
    dissolution.withdraw_transfer(transfer=ResidualTransfer.objects.get(ref=asked.ref), by=base.finance[0])
    assert Entry.objects.get(pk=entry.pk).memo == entry.words
    assert list(Line.objects.order_by("pk").values_list("pk", "amount")) == legs
    assert verification.findings(fund.book) == []


def test_a_round_begun_in_the_release_before_goes_on(base: Foundation) -> None:
    application = granted(base)
    models = migrate(BEFORE)
    ballots = list(models.get_model("grants", "Ballot").objects.order_by("pk").values_list("seat__person", flat=True))
    assert ballots
    assert models.get_model("grants", "Opinion").objects.get().is_content is True

    migrate(AFTER)

    now = Application.objects.get(pk=application.pk)
    assert [ballot.member.person for ballot in now.ballots.order_by("pk")] == ballots
    assert Opinion.objects.get().has_no_objection is True


def test_books_kept_by_the_release_before_are_verified_like_those_of_this_one() -> None:
    entry = {
        "id": 1, "number": 1, "ref": "e", "key": "k", "kind": "donation", "occurred_on": "2026-01-02",
        "recorded_at": "2026-01-02T08:00:00+08:00", "posted_by": "", "source": "s", "reverses_id": None, "size": 0,
        "digest": "0",
    }  # fmt: skip

    assert broken_links([{**entry, "words": "＊"}], []) == broken_links([{**entry, "memo": "＊"}], []) == []
    assert broken_links([{**entry, "words": "改"}], []) == broken_links([{**entry, "memo": "改"}], []) == ["entry 1"]
