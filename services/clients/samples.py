"""A sample client to try things out with: marked as one wherever it is shown, counted nowhere, removed at a click."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from services.clients.actions import SAMPLE_MARK, ClientFile, open_file
from services.clients.models import Client
from services.journal import log
from services.network.models import Site
from services.people.models import Staff


def sample() -> Client | None:
    """Return the agency's sample, if it has one that was not removed."""
    return Client.objects.filter(is_sample=True, removed_at=None).select_related("site").first()


def make_sample(*, site: Site, worker: Staff | None, today: dt.date, by: User | None) -> Client:
    """Return the sample, made if there is none; of two clicks at once one makes it."""
    file = ClientFile(
        name=_("王桂芳") + SAMPLE_MARK,
        site=site,
        worker=worker,
        gender=Client.Gender.FEMALE,
        birth_on=dt.date(today.year - 78, 5, 6),
        address=_("示例街道 1 号"),
        remark=_("这是示例档案，不是真人。可以随意试用：它不计入任何统计、得分和资助。"),
        categories=("living_alone",),
    )
    try:
        with transaction.atomic():
            return sample() or open_file(file=file, opened_on=today, today=today, by=by, is_sample=True)
    except IntegrityError as clash:
        if "client_one_sample" not in str(clash):
            raise
    existing = sample()
    assert existing
    return existing


@transaction.atomic
def remove_sample(*, client: Client, by: User | None) -> None:
    """Let a sample vanish from every list; whoever is no sample stays."""
    gone = Client.objects.filter(pk=client.pk, is_sample=True, removed_at=None).update(removed_at=timezone.now())
    if gone:
        log.write("clients.sample.removed", on=client, by=by)


@transaction.atomic
def restore_sample(*, client: Client, by: User | None) -> bool:
    """Undo a removal; tell whether it could be done (not once another sample was made)."""
    try:
        with transaction.atomic():
            back = Client.objects.filter(pk=client.pk, is_sample=True).update(removed_at=None)
    except IntegrityError:
        return False
    if back:
        log.write("clients.sample.restored", on=client, by=by)
    return bool(back)
