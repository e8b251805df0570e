"""Who owns the tables and who works in them are two roles of the database (promises P5).

The application's role (DATABASE_URL) owns nothing: it can switch off no trigger, empty and drop no table, and add to a
log without being able to change it. What makes, migrates and drops schemas stands in `with as_owner():` and runs on a
connection of the owner's role (OWNER_DATABASE_URL), which only commands and the worker are given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import connections

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper

ALIAS = "default"


class NoOwner(RuntimeError):
    """This process was not given the owner's connection, or stands in a transaction that the owner would not see."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner inside the block, in the place where one stands. Inside another such block it goes on in it.

    With one role for both (a developer's own database) nothing changes; where the role is put on after connecting
    (the tests), it is taken off for the block, in the same transaction.

    :raises NoOwner: without the owner's address, or inside a transaction of the application's.
    """
    ours = cast("DatabaseWrapper", connections[ALIAS])
    if ours.is_owners:
        yield
    elif ours.settings_dict["OPTIONS"].get("assume_role"):
        with _role_off(ours):
            yield
    elif settings.OWNER_DATABASE is None:
        ours.is_owners = True
        try:
            yield
        finally:
            ours.is_owners = False
    else:
        with _other_connection(ours, settings.OWNER_DATABASE):
            yield


@contextmanager
def _other_connection(ours: "DatabaseWrapper", address: dict[str, str]) -> Iterator[None]:
    if ours.in_atomic_block:
        raise NoOwner("the owner's connection would not see what this transaction did: enter as_owner() before it")
    owner = ours.copy()
    owner.settings_dict = {**owner.settings_dict, **address}
    owner.is_owners = True
    owner.stand(ours.place)
    connections[ALIAS] = owner
    try:
        yield
    finally:
        connections[ALIAS] = ours
        owner.close()


@contextmanager
def _role_off(ours: "DatabaseWrapper") -> Iterator[None]:
    role = ours.settings_dict["OPTIONS"]["assume_role"]
    ours.change_role("NONE")
    ours.is_owners = True
    try:
        yield
    finally:
        ours.is_owners = False
        ours.change_role(role)
