"""What the first hour leaves to the clock."""

from celery import shared_task
from django.utils import timezone

from services.help_requests import actions as help_requests
from services.network.models import Site
from services.people import actions as people
from services.start import deadlines, sample_client
from tenants.running import SharedTask, each_tenant


@shared_task(base=SharedTask)
def clear_removed(**kwargs: object) -> int:
    """Delete the samples that every agency removed more than a day ago; every night. May run twice."""
    now = timezone.now()
    return sum(sample_client.forget_removed(now) for _tenant in each_tenant())


@shared_task(base=SharedTask)
def show_people(**kwargs: object) -> int:
    """Bring every station's public count of people up to date: a posting ends by its day; every night.

    Returns how many stations.
    """
    shown = 0
    for _tenant in each_tenant():
        for site in Site.objects.open():
            people.show_people(site)
            shown += 1
    return shown


@shared_task(base=SharedTask)
def forget_help_requests(**kwargs: object) -> int:
    """Let go of who asked for help half a year after it was closed; every night. Returns how many."""
    return sum(help_requests.forget() for _tenant in each_tenant(leaving_too=True))


@shared_task(base=SharedTask)
def tell_of_deadlines(**kwargs: object) -> int:
    """Tell every agency's people of what is past its day or near it; every morning. Returns how many were told.

    May run twice: each is told again after a week at the earliest.
    """
    today = timezone.localdate()
    return sum(deadlines.tell(today) for _tenant in each_tenant())
