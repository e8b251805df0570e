"""Caches and files belong to one agency or to the shared floor; with neither, they refuse."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage

from tenants.places import NoTenant
from tenants.running import current


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Return the cache key under the agency we are in (settings CACHES KEY_FUNCTION).

    :raises NoTenant: when standing nowhere.
    """
    return f"{key_prefix}:{_folder()}:{version}:{key}"


class PlaceStorage(FileSystemStorage):
    """Private files, a folder per agency. They have no URL: a view checks the reader and sends them."""

    @property
    def base_location(self) -> str:
        return str(Path(super().base_location) / _folder())

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> str:
        raise ValueError("private files have no URL")


def _folder() -> str:
    place = current()
    if place is None:
        raise NoTenant("a cache or a file needs an agency or the shared floor")
    return place.schema
