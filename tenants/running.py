"""The only hand on the schema switch: requests, tasks and commands enter an agency or the shared floor here."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from celery import Task, current_app
from django.db import connection
from kombu.exceptions import OperationalError

from tenants.places import PUBLIC, NoTenant, Place

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper
    from tenants.models import Tenant

logger = logging.getLogger(__name__)
Params = ParamSpec("Params")
Result = TypeVar("Result")
HEADER = "liandong_tenant"
SHARED_FLOOR = "-"


class TenantRefused(RuntimeError):
    """A task or command named no agency, an unknown one, one that is not active, or another than its payload."""


def _wrapper() -> "DatabaseWrapper":
    return cast("DatabaseWrapper", connection)


def current() -> Place | None:
    """Return where this thread's connection stands, or None."""
    return _wrapper().place


def current_slug() -> str:
    """Return the slug of the agency we are in.

    :raises NoTenant: on the shared floor or nowhere.
    """
    place = current()
    if place is None or place.is_public:
        raise NoTenant("this needs an agency")
    return place.slug


@contextmanager
def standing_at(place: Place) -> Iterator[None]:
    """Stand at `place` inside the block and where one stood before after it, whatever happens.

    :raises TenantRefused: when asked to step from one agency straight into another.
    """
    wrapper = _wrapper()
    before = wrapper.place
    if before and not before.is_public and before != place:
        raise TenantRefused(f"already in {before.slug}: one piece of work serves one agency")
    wrapper.stand(place)
    try:
        yield
    finally:
        wrapper.stand(before)


def in_public() -> Any:
    """Stand on the shared floor: `with in_public(): ...`."""
    return standing_at(PUBLIC)


def in_tenant(tenant: "Tenant") -> Any:
    """Stand in an agency's schema: `with in_tenant(tenant): ...`."""
    return standing_at(tenant.place)


def on_shared_floor(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Run a command's body on the shared floor."""

    @wraps(function)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        with in_public():
            return function(*args, **kwargs)

    return run


def each_tenant(*, leaving_too: bool = False) -> Iterator["Tenant"]:
    """Enter every active agency in turn, with `leaving_too` also those that leave; never inside a request."""
    from tenants.models import Tenant

    with in_public():
        tenants = list(Tenant.objects.running(leaving_too=leaving_too).order_by("slug"))
    for tenant in tenants:
        with in_tenant(tenant):
            yield tenant


def active_tenant(slug: str, *, leaving_too: bool = False) -> "Tenant":
    """Return the active agency called `slug`, with `leaving_too` also one that leaves.

    :raises TenantRefused: if there is none, or it is suspended, unfinished or deleted.
    """
    from tenants.models import Tenant

    with nullcontext() if current() else in_public():
        tenant = Tenant.objects.running(leaving_too=leaving_too).filter(slug=slug).first()
    if tenant is None:
        raise TenantRefused(f"no active agency {slug!r}")
    return tenant


class TenantTask(Task):  # type: ignore[type-arg]  # celery's own Task is not generic at run time
    """The base of every task: it enters its agency inside `__call__`, or refuses.

    A task of an agency takes `tenant` (the slug) by keyword; header and payload must agree. A task of
    SharedTask runs on the shared floor. Celery's signal hooks are not used: their errors are ignored and the body then
    runs wherever the worker last stood.
    """

    abstract = True
    on_shared_floor = False
    while_leaving = False
    # The entry of the timetable that finds this task's work in the database, should its message be lost. Every task
    # that is sent by code has one (tests/house), so a broker that is gone makes work late, never forgotten.
    taken_up_by = ""

    def apply_async(  # type: ignore[override]  # the same call, passed on whole
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        headers = dict(options.pop("headers", None) or {})
        headers.setdefault(HEADER, SHARED_FLOOR if self.on_shared_floor else _sender(kwargs))
        try:
            return super().apply_async(args, kwargs, headers=headers, **options)
        except (OperationalError, ConnectionError, TimeoutError) as error:
            logger.warning("%s waits for its sweep: the broker answers %s", self.name, type(error).__name__)
            return None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        named = (self.request.headers or {}).get(HEADER) or self.request.get(HEADER)
        if named is None and self.request.is_eager:
            place = current()
            named = place.slug if place else None
        with standing_at(self._place(named, kwargs)), _noted(self.name):
            return super().__call__(*args, **kwargs)

    def _place(self, named: str | None, kwargs: dict[str, Any]) -> Place:
        """Return where a task works that was sent from `named`.

        :raises TenantRefused: see the class.
        """
        if self.on_shared_floor:
            if named not in (None, SHARED_FLOOR):
                raise TenantRefused(f"{self.name} works on the shared floor, not for {named!r}")
            return PUBLIC
        if not named or named == SHARED_FLOOR or kwargs.get("tenant") != named:
            raise TenantRefused(f"{self.name}: header names {named!r}, payload {kwargs.get('tenant')!r}")
        return active_tenant(named, leaving_too=self.while_leaving).place


def _noted(task: str) -> Any:
    from tenants.backend import unknown_commits  # its models are there only once all apps are

    return unknown_commits.task_noted(task)


class SharedTask(TenantTask):
    """The base of a task of the shared floor."""

    abstract = True
    on_shared_floor = True


class ReadingTask(TenantTask):
    """The base of a task that reads and exports: it also runs while its agency leaves."""

    abstract = True
    while_leaving = True


def _sender(kwargs: dict[str, Any] | None) -> str:
    """Return the agency a task is sent from: where we stand, or, in a chain or chord, the parent task's agency."""
    place = current()
    if place and not place.is_public:
        return place.slug
    parent_task = current_app.current_worker_task
    if parent_task is not None and (parent := (parent_task.request.headers or {}).get(HEADER)):
        return str(parent)
    if kwargs and kwargs.get("tenant"):
        return str(kwargs["tenant"])
    raise TenantRefused("a task of an agency is sent from an agency")
