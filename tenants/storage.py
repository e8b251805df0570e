"""Caches and files belong to one agency or to the shared floor; with neither, they refuse."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, default_storage

from tenants.places import PUBLIC, NoTenant
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


class SharedStorage(PlaceStorage):
    """The shared floor's private files, wherever one stands: what an agency is shown of them is for a view to check."""

    @property
    def base_location(self) -> str:
        return str(Path(super(PlaceStorage, self).base_location) / PUBLIC.schema)


def _folder() -> str:
    place = current()
    if place is None:
        raise NoTenant("a cache or a file needs an agency or the shared floor")
    return place.schema


def all_files(storage: Any, folder: str = "", but: Iterable[str] = ()) -> Iterator[str]:
    """Yield the names of all files of a storage below `folder`, those in the folders `but` left out."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        below = f"{folder}/{name}" if folder else name
        if below not in but:
            yield from all_files(storage, below, but)


def count_files() -> tuple[int, int]:
    """Return how many files stand here and their bytes."""
    sizes = [default_storage.size(name) for name in all_files(default_storage)]
    return len(sizes), sum(sizes)


def forget_files() -> None:
    """Delete every file of the agency we are in, and its folder.

    :raises NoTenant: on the shared floor or nowhere.
    """
    _need_agency()
    for name in list(all_files(default_storage)):
        default_storage.delete(name)
    if isinstance(default_storage, FileSystemStorage):
        shutil.rmtree(default_storage.location, ignore_errors=True)


def forget_cache() -> int:
    """Delete everything cached of the agency we are in; return how many keys went.

    :raises NoTenant: on the shared floor or nowhere.
    """
    mark = f":{_need_agency()}:"
    store: Any = caches["default"]
    if hasattr(store, "_expire_info"):  # this process's own memory
        found = [key for key in list(store._expire_info) if mark in key]
        for key in found:
            store._cache.pop(key, None)
            store._expire_info.pop(key, None)
        return len(found)
    return int(store.forget(mark))


def _need_agency() -> str:
    place = current()
    if place is None or place.is_public:
        raise NoTenant("only an agency's own files and cache are forgotten")
    return place.schema
