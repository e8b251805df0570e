"""Who answers an appeal, and what an upheld one does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import FloorRole, User
from contracts import queries
from contracts.appeals import actions
from contracts.models import Appeal, Contract
from tests.platform.contracts.conftest import TODAY
from tests.platform.contracts.publishing.conftest import mark


def appeal_of(contract: Contract, code: str, by: User) -> Appeal:
    return actions.make_appeal(contract=contract, code=code, reason="漏看了一批材料", today=TODAY, by=by)


def uphold(appeal: Appeal, by: User, **how: Any) -> Appeal:
    return actions.answer_appeal(appeal=appeal, is_accepted=True, answer="已核对", by=by, **how)


def test_neither_who_appealed_nor_who_marked_answers(contract: Contract, zhao: User, zhou: User, qian: User) -> None:
    FloorRole.objects.create(user=qian, role="district_officer", area="370102")
    mark(contract, "D1.1", "1", zhou)
    mark(contract, "D1.1", "2", qian)
    appeal = appeal_of(contract, "D1.1", zhao)
    for who, said in ((zhao, "自己提出的申诉"), (qian, "这一项的分是您评的")):
        with pytest.raises(actions.CannotAnswer, match=said):
            actions.answer_appeal(appeal=appeal, is_accepted=False, answer="维持", by=who)
    assert actions.answer_appeal(appeal=appeal, is_accepted=False, answer="维持", by=zhou).state == "kept"


@pytest.mark.parametrize(
    ("code", "how", "said"),
    [
        ("D1.1", {}, "须写明对得分的影响"),
        ("D1.1", {"effect": "points", "clause": "第三条"}, "须高于申诉时"),
        ("D1.1", {"effect": "points", "clause": "第三条", "points": Decimal(2)}, "须高于申诉时"),
        ("D1.1", {"effect": "points", "clause": "", "points": Decimal(3)}, "依据的条款"),
        ("D1.1", {"effect": "points", "clause": "第三条", "points": Decimal(99)}, "0 到 4"),
        ("D1.1", {"effect": "marked"}, "还看不到影响"),
        ("D1.1", {"effect": "corrected"}, "没有数据可更正"),
        ("D1.1", {"effect": "lifted", "clause": "第三条"}, "只用于一票否决"),
        ("C1.1", {"effect": "marked"}, "没有评分可改"),
        ("C1.1", {"effect": "corrected"}, "还看不到影响"),
        ("V1", {"effect": "points", "clause": "第三条", "points": Decimal(1)}, "只用于一票否决"),
    ],
)
def test_an_effect_that_does_nothing_is_refused_and_nothing_is_written(
    contract: Contract, visits: Callable[..., None], zhao: User, zhou: User, code: str, how: dict[str, Any], said: str
) -> None:
    visits(3)
    mark(contract, "D1.1", "2")
    mark(contract, "V1", "0")
    appeal = appeal_of(contract, code, zhao)
    with pytest.raises(Exception, match=said):
        uphold(appeal, zhou, **how)
    appeal.refresh_from_db()
    assert appeal.is_open
    assert not contract.decisions.exists()


def test_each_effect_shows_on_the_line(contract: Contract, visits: Callable[..., None], zhao: User, zhou: User) -> None:
    visits(3)
    for code in ("D1.1", "A3.1"):
        mark(contract, code, "1")
    mark(contract, "V1", "0")
    upheld = {code: appeal_of(contract, code, zhao) for code in ("D1.1", "A3.1", "C1.1", "V1")}
    mark(contract, "A3.1", "2", reason="复核")
    visits(30)
    # An appeal stands at the day of its making; the cast's day is fixed, the clock that stamps it is not.
    Appeal.objects.update(made_at="2026-11-21T04:00:00Z")
    uphold(upheld["D1.1"], zhou, effect="points", points=Decimal(3), clause="第三条")
    uphold(upheld["A3.1"], zhou, effect="marked")
    uphold(upheld["C1.1"], zhou, effect="corrected")
    uphold(upheld["V1"], zhou, effect="lifted", clause="第三条")
    card = queries.scorecard(Contract.objects.get(pk=contract.pk), TODAY)
    assert (card.line("D1.1").score, card.line("A3.1").score, card.vetoes) == (3, 2, ())
    assert card.line("C1.1").points > upheld["C1.1"].points
    assert sorted(contract.decisions.values_list("code", flat=True)) == ["D1.1", "V1"]


def test_only_an_upheld_appeal_without_effect_is_given_one(contract: Contract, zhao: User, zhou: User) -> None:
    mark(contract, "D1.1", "2")
    appeal = appeal_of(contract, "D1.1", zhao)
    how = {"effect": "points", "points": Decimal(3), "clause": "第三条"}
    with pytest.raises(actions.CannotAnswer, match="已成立"):
        actions.give_effect(appeal=appeal, by=zhou, **how)  # type: ignore[arg-type]
    uphold(appeal, zhou, **how)
    with pytest.raises(actions.CannotAnswer, match="已成立"):
        actions.give_effect(appeal=appeal, by=zhou, **how)  # type: ignore[arg-type]
