"""Never locked out of an export: also when nobody pays any more."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from billing.models import Subscription
from billing.plans import entitlement
from billing.subscriptions import trials
from services.leaving import actions as leaving_actions
from services.leaving.models import Export
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, signed_in
from tests.services.rights.cast import request_of
from tests.workroom import Workroom


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    entitlement.forget()
    yield
    entitlement.forget()


def test_with_a_lapsed_plan_everything_is_exported_and_a_persons_request_answered(north_room: Workroom) -> None:
    with in_public():
        trials.start_trial(
            tenant=north_room.tenant, plan="starter", interval="year", stations=1, seats=5, by=north_room.director
        )
        Subscription.objects.update(state="cancelled", ended_at=timezone.now())
    browser = signed_in(north_room.director, north_room.host)
    assert browser.post("/clients/new/", {"name": "新来的人"}).status_code == 402
    asked = browser.post("/leaving/exports/new/", {"reason": "停用后取回数据", "password": PASSWORD})
    assert asked.status_code == 302
    with in_tenant(north_room.tenant):
        assert leaving_actions.resume() == 1
        ref = Export.objects.get().ref
        made = request_of(north_room, north_room.client)
    answer = browser.post(f"/leaving/exports/{ref}/file/")
    assert answer.status_code == 200
    assert b"".join(answer)  # type: ignore[arg-type]  # bytes, over WSGI
    assert browser.post(f"/rights/{made.ref}/decline/", {"reason": "不是本人提出"}).status_code == 302
    assert browser.post("/leaving/", {"typed_name": "别家", "reason": "停用", "password": PASSWORD}).status_code == 200
