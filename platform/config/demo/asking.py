"""People ask: two about their own data (a copy that is due in days, a correction that was checked), two for help."""

import datetime as dt
from typing import Any

from accounts.models import User
from common.working_days import is_worked
from services.clients.models import Client
from services.help_requests import actions as helping
from services.network.models import Site
from services.rights import actions
from services.rights.models import PersonRequest
from services.rights.rules import WORKING_DAYS
from services.volunteers.models import Volunteer


def ask_about_data(director: User, today: dt.date) -> int:
    """Take two requests in the agency one stands in; return how many."""
    client = Client.objects.filter(state="active", is_restricted=False, merged_into=None).order_by("number").first()
    volunteer = Volunteer.objects.filter(left_on=None).order_by("number").first()
    assert client
    assert volunteer
    said: dict[str, Any] = {"asker": "self", "asker_name": "", "proof": "", "today": today, "by": director}
    actions.take(
        person=client, kind=PersonRequest.Kind.COPY, words="想看看你们都记了我什么。",
        received_on=_working_days_before(today, WORKING_DAYS - 2), **said,
    )  # fmt: skip
    correction = actions.take(
        person=volunteer, kind=PersonRequest.Kind.CORRECT, words="手机号换了，请改过来。",
        received_on=_working_days_before(today, 4), **said,
    )  # fmt: skip
    actions.check_identity(request=correction, document="id_card", id_number="", by=director)
    return 2


def ask_for_help(site: Site) -> int:
    """Let two strangers ask a station for help, both wait; return how many."""
    for topic, name, phone, words in (
        ("care", "邻居小周", "13800000021", "楼上独居老人最近不怎么下楼。"),
        ("policy", "陈女士", "13800000022", "想问问残疾人补贴怎么申请。"),
    ):
        helping.ask(site=site, topic=topic, name=name, phone=phone, words=words)
    return 2


def _working_days_before(today: dt.date, days: int) -> dt.date:
    day = today
    while days:
        day -= dt.timedelta(days=1)
        days -= is_worked(day)
    return day
