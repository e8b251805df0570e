"""A person whose traces stand in every module, among others whose traces must not come along."""

import datetime as dt
from typing import Any

from django.utils import timezone

from services.clients import actions as clients
from services.clients.models import Client
from services.records import actions as records
from services.rights import actions
from services.rights.models import PersonRequest
from tests.services.grants.cast import Foundation, asked, paid, wanted
from tests.workroom import Workroom, service

ID = "370102194903071222"
HERS = "鸜鹆"
OTHERS = "鴝鵒"


def someone(room: Workroom, name: str, mark: str, **changes: Any) -> Client:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "name": name, "site": room.station, "worker": room.wei, "address": f"{mark}住址", "remark": f"{mark}备注",
        "phone": "13864100009", **changes,
    }  # fmt: skip
    return clients.open_file(file=clients.ClientFile(**said), opened_on=today, today=today, by=room.wei.user)


def neighbours(base: Foundation) -> tuple[Client, Client]:
    """Her, with something in every module, and somebody beside her in every one of them."""
    room, by = base.room, base.worker
    today, now = timezone.localdate(), timezone.now()
    home = clients.open_household(
        title=f"{OTHERS}户主", site=room.station, address=f"{HERS}户址", opened_on=today, by=by
    )
    her = someone(room, f"{HERS}氏", HERS, household=home, categories=("minimum_living",))
    other = someone(room, f"{OTHERS}氏", OTHERS, household=home)
    alone = service(room.wei, her, room.station, hours_ago=50, note=f"{HERS}走访")
    made = records.record_service(service=alone, now=now, by=by)
    again = service(room.wei, her, room.station, hours_ago=50, note=f"{HERS}更正后")
    records.correct_record(record=made, service=again, reason=f"{HERS}更正", now=now, by=by)
    group = service(
        room.wei, her, room.station, hours_ago=70, kind="group_session", setting="community", clients=(her, other),
        note=f"{OTHERS}在小组里说",
    )  # fmt: skip
    records.record_service(service=group, now=now, by=by)
    records.record_service(
        service=service(room.wei, other, room.station, hours_ago=90, note=f"{OTHERS}走访"), now=now, by=by
    )
    paid(base, what=wanted(room, her, story=f"{HERS}摔伤"))
    asked(base, what=wanted(room, other, story=f"{OTHERS}求助"))
    clients.reveal(client=her, field="phone", reason=f"{HERS}回访", by=by)
    clients.reveal(client=other, field="phone", reason=f"{OTHERS}回访", by=by)
    return her, other


def request_of(room: Workroom, person: Any, kind: str = "copy", **changes: Any) -> PersonRequest:
    today = timezone.localdate()
    said: dict[str, Any] = {
        "asker": "self", "asker_name": "", "proof": "", "words": "请把我的信息给我", "received_on": today, **changes,
    }  # fmt: skip
    return actions.take(person=person, kind=kind, **said, today=today, by=room.director)


def checked(room: Workroom, person: Any, kind: str = "copy", **changes: Any) -> PersonRequest:
    made = request_of(room, person, kind, **changes)
    number = ID if getattr(person, "id_number_hash", None) else ""
    return actions.check_identity(request=made, document="id_card", id_number=number, by=room.director)


def days_ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)
