"""AT-40: the list of guards keeps up with the product, so that the nightly drill takes out what is really there."""

import ast

import pytest

from tests.drill.guards import ROOT, Guard, guards


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.holds)
def test_a_guard_stands_where_the_drill_takes_it_out(guard: Guard) -> None:
    assert guard.without(ROOT) != (ROOT / guard.file).read_text()
    ast.parse(guard.without(ROOT))


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.holds)
def test_the_tests_it_is_held_by_exist(guard: Guard) -> None:
    for test in guard.tests:
        path, _, name = test.partition("::")
        body = ast.parse((ROOT / path).read_text()).body
        names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert not name or name in names, test
