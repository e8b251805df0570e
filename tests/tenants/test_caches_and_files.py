"""AT-07 and AT-08: what is cached or stored belongs to one agency."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.launch import valkey
from tenants import storage
from tenants.models import Tenant
from tenants.places import NoTenant
from tenants.running import in_tenant


def test_a_cached_value_is_missed_elsewhere(north_row: Tenant, south_row: Tenant) -> None:
    with in_tenant(north_row):
        cache.set("board", "north's")
        assert cache.get("board") == "north's"
    with in_tenant(south_row):
        assert cache.get("board") is None
    with pytest.raises(NoTenant):
        cache.get("board")


def test_a_file_is_missed_elsewhere_and_has_no_address(north_row: Tenant, south_row: Tenant) -> None:
    with in_tenant(north_row):
        name = default_storage.save("photo.txt", ContentFile(b"north's"))
        with default_storage.open(name) as file:
            assert file.read() == b"north's"
        with pytest.raises(ValueError, match="no URL"):
            default_storage.url(name)
        with pytest.raises(Exception, match=r"\.\."):
            default_storage.save("../escape.txt", ContentFile(b""))
    with in_tenant(south_row):
        assert not default_storage.exists(name)
    with pytest.raises(NoTenant):
        default_storage.open(name)


def test_a_real_cache_forgets_one_agency_and_no_other(
    north_row: Tenant, south_row: Tenant, settings: Any, tmp_path: Path
) -> None:
    server = valkey.start(tmp_path)
    try:
        settings.CACHES = {"default": {
            "BACKEND": "common.cache.SurvivingCache", "LOCATION": server.url,
            "KEY_FUNCTION": "tenants.storage.cache_key",
        }}  # fmt: skip
        for tenant in (north_row, south_row):
            with in_tenant(tenant):
                caches["default"].set_many({f"board{n}": tenant.slug for n in range(50)})
        with in_tenant(north_row):
            assert storage.forget_cache() == 50
            assert caches["default"].get("board1") is None
            assert storage.forget_cache() == 0
        with in_tenant(south_row):
            assert caches["default"].get("board1") == "south"
        with pytest.raises(NoTenant):
            storage.forget_cache()
    finally:
        caches["default"].close()
        server.stop()
