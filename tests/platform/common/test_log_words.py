"""Every act that the source writes into a log has its words in both languages."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from common.logs.words import NOUNS, PASTS, in_words
from config.sources import python_files
from services.rights.models import PersonRequest
from supervision.words import State
from tenants.emergency.actions import DENIED, OPENED
from tenants.models import Tenant

SPOKEN = {
    "supervision.booking.": State.values,
    "tenants.tenant.": Tenant.State.values,
    "grants.application.": ["returned", "rejected"],
    "rights.request.": [PersonRequest.State.DONE, PersonRequest.State.REFUSED, PersonRequest.State.DROPPED],
}
ACT = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+")
HAN = re.compile("[一-龥]")
UNSAID = {"tenants.tenant.provisioning"}


def written() -> Iterator[str]:
    """Yield the acts; of one that is put together, each way it may end."""
    for file in python_files(migrations=False):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write"):
                continue
            said = node.args[0] if node.args else None
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and ACT.fullmatch(said.value):
                yield said.value
            elif isinstance(said, ast.JoinedStr) and any(word.arg == "by" for word in node.keywords):
                first = said.values[0]
                assert isinstance(first, ast.Constant)
                yield from (f"{first.value}{end}" for end in SPOKEN[str(first.value)])
    yield from (OPENED, DENIED)


def test_every_act_has_its_words() -> None:
    acts = set(written()) - UNSAID
    assert len(acts) > 150
    assert {act for act in acts if in_words(act) == act} == set()
    assert {act.rpartition(".")[0] for act in acts} >= NOUNS.keys()
    assert {act.rpartition(".")[2] for act in acts} >= PASTS.keys()


@pytest.mark.parametrize("act", ["contracts.mark.given", "records.record.withdrawn"])
def test_words_are_said_in_english_too(act: str) -> None:
    with override("en"):
        assert not HAN.search(in_words(act))
    assert HAN.search(in_words(act))
