"""AT-34: a copy holds all of a person's data in all modules, readable, and nothing about anybody else."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader

from services.clients import actions as clients
from services.journal.models import JournalEntry
from services.people import actions as people
from services.rights import actions
from services.rights.answers.gather import LEFT_OUT, PERSONS, TITLES, pointing_at
from services.rights.models import PersonRequest
from tests.services.grants.cast import Foundation
from tests.services.rights.cast import HERS, OTHERS, checked, neighbours, request_of, someone
from tests.workroom import Workroom


def copy_of(room: Workroom, request: PersonRequest) -> tuple[dict[str, Any], str]:
    content = actions.hand_over_copy(request=request, today=timezone.localdate(), by=room.director)
    archive = zipfile.ZipFile(io.BytesIO(content))
    pages = PdfReader(io.BytesIO(archive.read("copy.pdf"))).pages
    return json.loads(archive.read("copy.json")), "".join(page.extract_text() for page in pages)


def test_everything_of_hers_is_in_it_and_nothing_of_the_others(base: Foundation) -> None:
    her, _other = neighbours(base)
    said, paper = copy_of(base.room, checked(base.room, her))
    text = json.dumps(said, ensure_ascii=False)

    for mark in ("氏", "住址", "备注", "户址", "走访", "更正后", "更正", "摔伤", "回访"):
        assert f"{HERS}{mark}" in text, mark
    for mine in ("+8613864100009", "张桂兰 工行尾号1234", "情况属实", "3000.00"):
        assert mine in text, mine
    assert {one["kind"] for one in said["sections"]} >= {
        "clients.Client", "clients.ClientCategory", "clients.Reveal", "records.ServiceRecord", "records.RecordVersion",
        "grants.Need", "grants.Application", "grants.Payment", "rights.PersonRequest",
    }  # fmt: skip
    assert OTHERS not in text
    labels = {label for one in said["sections"] for row in one["rows"] for label in row}
    assert [label for label in labels if label.isascii()] == []
    assert "最低生活保障家庭成员" in text
    services = next(one for one in said["sections"] if one["kind"] == "records.ServiceRecord")
    assert len(services["rows"]) == 2
    for person in (base.room.wei.name, base.room.director.name, *(each.name for each in base.committee)):
        assert person not in text
    assert "个人信息副本" in paper.replace(" ", "")
    assert "+8613864100009" in paper
    assert OTHERS not in paper


def test_each_table_that_points_at_a_person_is_in_a_copy_or_left_out_on_purpose() -> None:
    """A new table of theirs comes into the copy by itself; it needs a title, or a reason to stay out."""
    known = {*TITLES, *LEFT_OUT, "records.Attendance"}
    strange = set()
    for person in PERSONS[:2]:
        waiting, seen = [person], {person}
        while waiting:
            for model, _link in pointing_at(waiting.pop()):
                label = model._meta.label
                if model._meta.app_config.name in settings.TENANT_APPS and model not in seen and model not in PERSONS:
                    seen.add(model)
                    if label not in known:
                        strange.add(label)
                    if label not in LEFT_OUT and label != "records.Attendance":
                        waiting.append(model)
    assert strange == set()
    for label in TITLES:
        assert apps.get_model(label)


def test_files_that_were_merged_are_one_person(at_north: Workroom) -> None:
    twin = someone(at_north, "张桂蘭", HERS)
    clients.merge_files(keep=at_north.client, duplicate=twin, by=at_north.director)
    said, _paper = copy_of(at_north, checked(at_north, at_north.client))

    files = next(one for one in said["sections"] if one["kind"] == "clients.Client")
    assert {row["姓名"] for row in files["rows"]} == {"张桂兰", "张桂蘭"}


def test_a_volunteer_and_a_worker_get_theirs(at_north: Workroom) -> None:
    said, _paper = copy_of(at_north, checked(at_north, at_north.volunteer))
    text = json.dumps(said, ensure_ascii=False)
    assert "孙志远" in text
    assert "陪伴老人" in text
    assert "+8613864100002" in text
    assert "张桂兰" not in text

    people.note_certificate(
        staff=at_north.wei, kind="social_worker", number="ZS-0001", issued_on=timezone.localdate(), by=at_north.director
    )
    said, _paper = copy_of(at_north, checked(at_north, at_north.wei))
    text = json.dumps(said, ensure_ascii=False)
    assert "ZS-0001" in text
    assert "n-wei" in text
    assert "千佛山社工站" in text
    assert "张桂兰" not in text


def test_nothing_is_given_before_the_check_and_it_is_given_once(at_north: Workroom) -> None:
    made = request_of(at_north, at_north.client)
    with pytest.raises(actions.CannotAnswer, match="核验"):
        copy_of(at_north, made)
    made = checked(at_north, at_north.client)
    copy_of(at_north, made)
    with pytest.raises(actions.CannotAnswer):
        copy_of(at_north, made)

    made.refresh_from_db()
    assert made.state == PersonRequest.State.DONE
    acts = JournalEntry.objects.filter(object_ref=made.ref).values_list("act", flat=True)
    assert list(acts) == ["rights.request.done", "rights.request.checked", "rights.request.taken"]
