"""Who is one person: by merged files and by the ID number's keyed hash, which restricted files have too."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from services.clients.models import Client
from services.grants.models import Limit


def final_file(client: Client) -> Client:
    """Return the file that a client's file was merged into, or itself."""
    found = Client.objects.get(pk=client.pk)
    while found.merged_into_id:
        found = Client.objects.get(pk=found.merged_into_id)
    return found


def same_person(client: Client, *, lock: bool = False) -> tuple[Client, ...]:
    """Return every kept file of the person behind a file, the one it was merged into first.

    Locked if asked, always in one order: two grants for one person, by whichever of their files, wait for each other.
    """
    while True:
        final = final_file(client)
        found = _circle(final)
        if lock:
            wanted = sorted(file.pk for file in found)
            list(Client.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
            if sorted(file.pk for file in _circle(final_file(client))) != wanted:
                continue  # a merge or a new number came in between
        return (final, *(file for file in found if file.pk != final.pk))


def _circle(final: Client) -> list[Client]:
    """Return the kept files that hang together with this one by merged files and their numbers."""
    kept, waiting, numbers = {final.pk: final}, [final], set()
    while waiting:
        merged = list(Client.objects.filter(merged_into=waiting[-1]))
        number = waiting.pop().id_number_hash
        waiting += merged
        if number and number not in numbers:
            numbers.add(number)
            for other in map(final_file, Client.objects.filter(id_number_hash=number)):
                if other.pk not in kept:
                    kept[other.pk] = other
                    waiting.append(other)
    return list(kept.values())


def spent(files: Iterable[str], year: int, fund: int | None) -> Decimal:
    """Return what a person was granted in a year in yuan, of one fund or (None) of all; `files` are refs."""
    rows = Limit.objects.filter(kind=Limit.Kind.PERSON_YEAR, year=year, subject__in=list(files))
    found = (rows.filter(fund=fund) if fund else rows).aggregate(sum=Sum("used"))["sum"]
    return found or Decimal(0)
