"""What pages may not do: call a refusal a success, write when they are only looked at, act for who may only look.

And no template chooses what to do by the words of a label: those are another language's tomorrow.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles import SHARED_ROLES
from config.sources import ROOT, python_files
from tenants.running import in_tenant
from tests.cast import officer, signed_in
from tests.house.permissions import ANYONE, MEMBER, SHARED
from tests.house.test_permissions import HOSTS, addresses, path_of, refs
from tests.services.grants.cast import Foundation, activity, asked, found, granted, payable, prepared
from tests.workroom import Workroom

TELLS = {"notify", "success", "info"}
ACTS = {"handle_form", "perform_on"}
# Opening a file leaves a line in a log, and a visit keeps its session.
KEPT = re.compile(r'^(INSERT INTO|UPDATE) "?(journal_journalentry|audit_auditentry|django_session)"?')
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY)\b", re.I)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for file in python_files():
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def told_as_success(tree: ast.Module) -> Iterator[int]:
    """Yield the lines where what was refused or went wrong is said in green."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            yield from (call.lineno for call in calls(node) if name_of(call) in TELLS and is_notice(call))
    for call in calls(tree):
        if name_of(call) in TELLS and is_notice(call):
            words = [each for part in call.args[1:] for each in ast.walk(part) if isinstance(each, ast.Attribute)]
            if any(each.attr in ("reasons", "error", "problem") for each in words):
                yield call.lineno


def is_notice(call: ast.Call) -> bool:
    return bool(call.args) and getattr(call.args[0], "id", "") == "request"


def test_no_refusal_is_said_in_green() -> None:
    wrong = {f"{name}:{line}" for name, tree in modules() for line in told_as_success(tree)}

    assert wrong == set()


def caught_in_views() -> Iterator[str]:
    """Yield the places where a view catches a refusal itself and does not say why; the page kit does it elsewhere."""
    for file in python_files():
        if "views" not in file.stem:
            continue
        text = file.read_text()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Try):
                for handler in (each for each in node.handlers if each.name == "refusal"):
                    raises = any(isinstance(each, ast.Raise) for each in ast.walk(handler))
                    around = [lines[handler.lineno - 1], *lines[node.lineno - 2 : handler.lineno]]
                    if not raises and not any("#" in line for line in around):
                        yield f"{file.relative_to(ROOT)}:{handler.lineno}"


def test_a_view_catches_no_refusal_or_says_why() -> None:
    """A refusal that the page kit shows (common/pages/acts.py, form_page.py) can only look like one."""
    assert list(caught_in_views()) == []


@pytest.mark.parametrize(
    "source",
    [
        "try:\n a()\nexcept Refused as no:\n notify(request, '；'.join(no.reasons))",
        "notify(request, done if not found.error else found.error)",
        "try:\n a()\nexcept Refused:\n messages.info(request, _('不行'))",
    ],
)
def test_that_is_told(source: str) -> None:
    assert list(told_as_success(ast.parse(source)))


def looks(permission: str) -> bool:
    return permission.endswith("_VIEW") or permission.endswith("_VIEW_ALL")


def views_that_act() -> Iterator[tuple[str, str]]:
    """Yield (module, view) of the views that act on a POST and ask for no more than a viewing permission."""
    for module, tree in modules():
        for view in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
            guards = [
                part.attr
                for mark in view.decorator_list
                if isinstance(mark, ast.Call) and name_of(mark) == "allow"
                for part in mark.args
                if isinstance(part, ast.Attribute)
            ]
            if any(map(looks, guards)) and acts(view):
                yield module, view.name


def acts(view: ast.FunctionDef) -> bool:
    marks = {name_of(mark) if isinstance(mark, ast.Call) else getattr(mark, "id", "") for mark in view.decorator_list}
    if {"require_POST", "act"} & marks or any(name_of(call) in ACTS for call in calls(view)):
        return True
    attributes = {ast.unparse(each) for each in ast.walk(view) if isinstance(each, ast.Attribute)}
    return "request.POST" in attributes or "request.method" in attributes


def test_who_may_only_look_acts_on_nothing() -> None:
    assert sorted(views_that_act()) == []


@pytest.mark.parametrize("urlconf", HOSTS)
def test_no_program_acts_with_a_right_to_look(urlconf: str) -> None:
    wrong = []
    for name, pattern in addresses(urlconf).items():
        view = getattr(pattern.callback, "cls", None)
        said = getattr(view, "permission", None)
        for method in ("post", "put", "patch", "delete"):
            needed = said.get(method.upper(), said.get("*")) if isinstance(said, dict) else said
            if view is not None and hasattr(view, method) and isinstance(needed, Permission) and looks(needed.name):
                wrong.append((name, method))
    assert wrong == []


def test_no_template_decides_by_the_words_of_a_label() -> None:
    choice = re.compile(r"\{%\s*(?:if|elif)[^%]*(?:==|!=|\bin\b)\s*_\(|\{%\s*(?:if|elif)[^%]*\w*label\w*\s*(?:==|!=)")

    assert [file.name for file in (ROOT / "templates").rglob("*.html") if choice.search(file.read_text())] == []


def written(browser: Client, path: str) -> list[str]:
    """Return the statements that looking at a page writes with, without the lines of the logs."""
    with CaptureQueriesContext(connection) as seen:
        browser.get(path)
    told = [query["sql"].strip() for query in seen.captured_queries]
    return [sql[:120] for sql in told if WRITES.match(sql) and not KEPT.match(sql)]


def looked_at(room: Workroom, base: Foundation) -> dict[str, dict[str, str]]:
    applications = [asked(base, "10", activity(room)), granted(base, "20", activity(room)),
                    payable(base, "30", activity(room))]  # fmt: skip
    applications[1].__class__.objects.filter(pk=applications[1].pk).update(notice_to="2026-01-01")  # run its days
    return {
        **refs(room),
        "grants": {"ref": applications[1].ref, "number": applications[1].number},
        "funds": {"ref": base.fund.ref},
        "api-grant": {"ref": applications[1].ref},
        "api-fund": {"ref": base.fund.ref},
    }


@pytest.mark.parametrize("who", ["director", "lin", "wei", "finance", "monitor"])
def test_looking_at_an_agencys_pages_writes_nothing(north_room: Workroom, who: str) -> None:
    room = north_room
    with in_tenant(room.tenant):
        base = found(room)
        prepared(base, "40", activity(room))
        known = looked_at(room, base)
        paths = {
            path
            for name, pattern in addresses("config.urls_tenant").items()
            if (path := path_of(name, pattern, known, "config.urls_tenant"))
        }
    people: dict[str, User | None] = {
        "director": room.director, "lin": room.lin.user, "wei": room.wei.user, "finance": base.finance[0],
        "monitor": base.monitor,
    }  # fmt: skip
    browser = signed_in(people[who], room.host)
    browser.get("/")

    assert {path: told for path in sorted(paths) if (told := written(browser, path))} == {}
    assert len(paths) > 120


@pytest.mark.parametrize("role", [role.slug for role in SHARED_ROLES])
def test_looking_at_the_shared_pages_writes_nothing(public: None, north_row: Any, role: str) -> None:
    browser = signed_in(officer(f"reader-{role}", role, "370100"), "localhost")
    browser.get("/")
    known = {"tenants": {"slug": "north"}, "operating": {"slug": "north"}}
    wrong = {}
    for name, pattern in addresses("config.urls_public").items():
        if SHARED[name] not in (ANYONE, MEMBER) and (path := path_of(name, pattern, known, "config.urls_public")):
            wrong[path] = written(browser, path)
    assert {path: told for path, told in wrong.items() if told} == {}
    assert len(wrong) > 20
