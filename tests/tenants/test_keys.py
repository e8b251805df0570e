"""An agency's key: remembered for some minutes, and gone from every process soon after it was destroyed."""

import time

import pytest

from tenants import keys
from tenants.models import Tenant, TenantKey


def test_a_key_is_asked_for_once_in_five_minutes(
    public: None, north_row: Tenant, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    keys.forget("north")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len({keys.key_of("north") for _each in range(3)}) == 1


def test_a_destroyed_key_is_soon_in_no_memory(public: None, north_row: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.forget("north")
    keys.key_of("north")
    TenantKey.objects.filter(tenant=north_row).delete()
    later = time.monotonic() + keys.HELD_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)

    with pytest.raises(TenantKey.DoesNotExist):
        keys.key_of("north")
    assert "north" not in keys._held
