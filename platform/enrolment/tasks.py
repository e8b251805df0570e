"""What sign-ups need of the worker and the clock."""

from celery import shared_task

from enrolment.sign_up import provisioning
from tenants.running import SharedTask


@shared_task(base=SharedTask, taken_up_by="take up unfinished sign-ups")
def provision(*, sign_up: str, **kwargs: object) -> str:
    """Build the agency of a sign-up, or go on where an earlier try was killed; return its state."""
    return str(provisioning.build(sign_up))


@shared_task(base=SharedTask)
def take_up_unfinished(**kwargs: object) -> int:
    """Go on with sign-ups whose worker went away; every minute."""
    return provisioning.take_up()


@shared_task(base=SharedTask)
def forget_unfinished(**kwargs: object) -> int:
    """Forget sign-ups nobody finished, with their personal data; every hour."""
    return provisioning.forget()
