"""What was kept for a while goes after it, in every place, and nothing else does."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import ApiToken, User
from api_access.idempotency import answers
from tenants.models import Tenant
from tenants.running import in_public, in_tenant
from tenants.tasks import forget_what_expired


def keep(key: str, age: dt.timedelta) -> None:
    rows = answers()
    rows.create(user="somebody", path="/", key=key, fingerprint="form", at=timezone.now() - age)


def test_old_answers_sessions_and_tokens_go_and_fresh_ones_stay(rows: dict[str, Tenant]) -> None:
    old, fresh = dt.timedelta(days=8), dt.timedelta(days=6)
    now = timezone.now()
    for tenant in rows.values():
        with in_tenant(tenant):
            keep("old", old)
            keep("fresh", fresh)
    with in_public():
        keep("old", old)
        keep("fresh", fresh)
        user = User.objects.create_user("somebody")
        for digest, expires in (("old", now - dt.timedelta(hours=1)), ("fresh", now + dt.timedelta(hours=1))):
            ApiToken.objects.create(user=user, digest=digest, expires_at=expires)
            Session.objects.create(session_key=digest, session_data="", expire_date=expires)

        assert forget_what_expired() == 2 * 1 + 1 + 1 + 1

        assert list(ApiToken.objects.values_list("digest", flat=True)) == ["fresh"]
        assert list(Session.objects.values_list("session_key", flat=True)) == ["fresh"]
        assert list(answers().values_list("key", flat=True)) == ["fresh"]
    for tenant in rows.values():
        with in_tenant(tenant):
            assert list(answers().values_list("key", flat=True)) == ["fresh"]
