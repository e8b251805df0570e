"""Django's shell with the ways into an agency at hand (make shell)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from django.core.management.commands import shell

from tenants.models import Tenant
from tenants.running import current, in_public, in_tenant

HERE = "config.management.commands.shell"


@contextmanager
def in_agency(slug: str) -> Iterator[Tenant]:
    """Stand in an agency's schema by the name in its address: `with in_agency("quanyi"): ...`.

    Unlike a task it enters an agency of any state, also one that is suspended or still being made.

    :raises Tenant.DoesNotExist: if there is none of this name.
    """
    with nullcontext() if current() else in_public():
        tenant = Tenant.objects.get(slug=slug)
    with in_tenant(tenant):
        yield tenant


def stand_in(slug: str = "") -> None:
    """Stand in an agency's schema for all lines to come, or on the shared floor: `stand_in("quanyi")`, `stand_in()`."""
    _standing.close()
    _standing.enter_context(in_agency(slug) if slug else in_public())


_standing = ExitStack()


class Command(shell.Command):
    def get_auto_imports(self) -> list[str]:
        return [
            *(super().get_auto_imports() or []),
            "tenants.running.in_public",
            f"{HERE}.in_agency",
            f"{HERE}.stand_in",
        ]
