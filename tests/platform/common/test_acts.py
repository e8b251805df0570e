"""An act behind a button and an act with a form: done and said, or refused and said as a refusal."""

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.pages.acts import Done, act
from common.pages.form_page import FormPage, handle_form, handle_part
from common.pages.forms import HouseForm
from common.refusals import Refused


class NoteForm(HouseForm):
    note = forms.CharField()


PAGE = FormPage("备注", "保存", "已保存。", "/notes/", undo="/notes/undo/")


def sent(method: str = "post", **data: str) -> HttpRequest:
    request: HttpRequest = getattr(RequestFactory(), method)("/", data)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def told(request: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(request)]


@act(back="/notes/")
def press(request: HttpRequest, ref: str) -> Done | HttpResponse:
    if ref == "closed":
        raise Refused(["已经关闭。", "请先重新打开。"])
    if ref == "away":
        return HttpResponse("elsewhere")
    return Done("办好了。", url="/done/" if ref == "far" else "", undo="/undo/")


@pytest.mark.parametrize(("ref", "url"), [("near", "/notes/"), ("far", "/done/")])
def test_what_was_done_is_said_and_one_goes_on(ref: str, url: str) -> None:
    request = sent()

    answer = press(request, ref)

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert told(request) == [("success", "办好了。")]


def test_a_refusal_is_said_as_one_with_every_reason() -> None:
    request = sent()

    answer = press(request, "closed")

    assert (answer.status_code, answer["Location"]) == (302, "/notes/")
    assert told(request) == [("error", "已经关闭。"), ("error", "请先重新打开。")]


def test_an_act_may_answer_for_itself_and_takes_nothing_but_a_post() -> None:
    assert press(sent(), "away").content == b"elsewhere"
    assert press(sent("get"), "near").status_code == 405


def test_the_way_back_may_be_worked_out_of_the_address() -> None:
    @act(back=lambda ref: f"/notes/{ref}/")
    def refused(request: HttpRequest, ref: str) -> Done:
        raise Refused("不行。")

    assert refused(sent(), "a1")["Location"] == "/notes/a1/"


@pytest.mark.parametrize(
    ("outcome", "text", "url"),
    [
        (None, "已保存。", "/notes/"),
        ("/notes/7/", "已保存。", "/notes/7/"),
        (Done("另存。", "/other/"), "另存。", "/other/"),
    ],
)
def test_a_form_page_goes_where_its_act_says(outcome: Any, text: str, url: str) -> None:
    request = sent(note="好")
    seen: list[dict[str, Any]] = []

    def action(data: dict[str, Any]) -> Any:
        seen.append(data)
        return outcome

    answer = handle_form(request, NoteForm(request.POST), PAGE, action)

    assert (answer.status_code, answer["Location"]) == (302, url)
    assert told(request) == [("success", text)]
    assert seen == [{"note": "好"}]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the contexts of the pages that were drawn."""
    contexts: list[dict[str, Any]] = []

    def render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        contexts.append(context)
        return HttpResponse(template)

    monkeypatch.setattr("common.pages.form_page.render", render)
    return contexts


@pytest.mark.parametrize("data", [{"note": ""}, {"note": "好", "look": "1"}])
def test_a_form_that_is_wrong_or_only_asks_to_look_acts_on_nothing(
    pages: list[dict[str, Any]], data: dict[str, str]
) -> None:
    request = sent(**data)

    handle_form(request, NoteForm(request.POST), PAGE, lambda data: pytest.fail("acted"), {"more": 1})

    assert told(request) == []
    assert (pages[0]["title"], pages[0]["cancel"], pages[0]["more"]) == ("备注", "/notes/", 1)


def test_a_refused_form_keeps_what_was_typed_beside_the_reason(pages: list[dict[str, Any]]) -> None:
    request = sent(note="好")

    def action(data: dict[str, Any]) -> None:
        raise Refused("别人刚改过。")

    answer = handle_form(request, NoteForm(request.POST), PAGE, action)

    assert answer.status_code == 200
    assert told(request) == []
    form = pages[0]["form"]
    assert form.non_field_errors() == ["别人刚改过。"]
    assert form["note"].value() == "好"


def test_a_form_among_other_things_is_shown_again_on_its_page() -> None:
    request = sent(note="")

    answer = handle_part(
        request, NoteForm(request.POST), Done("好。", "/a/"), lambda data: None, lambda: HttpResponse("the page")
    )

    assert answer.content == b"the page"
    assert (
        handle_part(
            sent(note="x"), NoteForm({"note": "x"}), Done("好。", "/a/"), lambda data: None, lambda: HttpResponse("")
        )["Location"]
        == "/a/"
    )
