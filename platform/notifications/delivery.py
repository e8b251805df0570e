"""Bring notifications to people: decide for each how it goes out, write the letters, hand over to the channel.

A batch is one transaction: killed half-way it has decided nothing, and the next run begins with the same rows. A letter
has the notification's ref as its key, so it is written once whatever happens; the letters themselves are sent by
letters/tasks.py. What is handed to a channel is noted row by row: a kill between the two may hand one over twice, under
the same ref.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Case, Value, When
from django.db.models.functions import Now

from accounts.models import User
from common.notifications.models import Mail, StoredNotification
from letters import actions as letters
from notifications.channels import ChannelFailed, ChannelMessage, channel
from notifications.kinds import BY_CODE
from notifications.queries import host, mail_of, model, sentence, switches, url
from tenants.addresses import address_of
from tenants.running import current

BATCH: Final = 5_000  # five queries each, however many people
IN_A_DIGEST: Final = 20
MOST_TRIES: Final = 5
KEPT_READ: Final = dt.timedelta(days=180)
KEPT: Final = dt.timedelta(days=400)  # longer than any contract's year

MailState = StoredNotification.MailState
ChannelState = StoredNotification.ChannelState


def deliver() -> int:
    """Decide about everything that was told where we stand since the last time; return how much that was."""
    decided = 0
    while count := _deliver_batch():
        decided += count
    hand_over()
    return decided


@transaction.atomic
def _deliver_batch() -> int:
    undecided = model()._default_manager.filter(mail=MailState.UNDECIDED).order_by("pk")
    rows = list(undecided.select_for_update(skip_locked=True)[:BATCH])
    if not rows:
        return 0
    people = _people(rows)
    chosen = switches(people)
    to_write = []
    for row in rows:
        switch = chosen.get((row.user, row.kind))
        mail = mail_of(BY_CODE.get(row.kind), switch) if row.user in people and people[row.user].email else Mail.NEVER
        row.mail = {Mail.NOW: MailState.WRITTEN, Mail.DIGEST: MailState.DIGEST, Mail.NEVER: MailState.NONE}[mail]
        row.channel = ChannelState.WAITING if switch and switch.channel and row.user in people else ChannelState.NONE
        if mail == Mail.NOW:
            to_write.append(row)
    letters.write_many(
        letters.Draft(
            to=people[row.user].email,
            kind="notification",
            context={"sentence": sentence(row), "link": _link(row), "settings": _inbox("settings/")},
            key=f"notification:{row.ref}",
        )
        for row in to_write
    )
    _keep(rows)
    return len(rows)


def _keep(rows: Sequence[StoredNotification]) -> None:
    """Write what was decided, in one query: a few outcomes, many rows of each."""
    by_outcome: dict[str, dict[str, list[int]]] = {"mail": defaultdict(list), "channel": defaultdict(list)}
    for row in rows:
        by_outcome["mail"][row.mail].append(row.pk)
        by_outcome["channel"][row.channel].append(row.pk)
    model()._default_manager.filter(pk__in=[row.pk for row in rows]).update(
        **{
            field: Case(*(When(pk__in=keys, then=Value(state)) for state, keys in outcomes.items()))
            for field, outcomes in by_outcome.items()
        }
    )


def hand_over() -> int:
    """Hand what waits to the channel, each row by itself; return how many went."""
    waiting = model()._default_manager.filter(channel=ChannelState.WAITING).order_by("pk")
    sent, way = 0, channel()
    for key in list(waiting.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            row = waiting.select_for_update(skip_locked=True).filter(pk=key).first()
            if row is None:
                continue
            try:
                way.send(ChannelMessage(row.ref, row.user, row.kind, sentence(row), _link(row)))
            except ChannelFailed:
                row.tries += 1
                row.channel = ChannelState.FAILED if row.tries >= MOST_TRIES else ChannelState.WAITING
            else:
                row.channel = ChannelState.SENT
                sent += 1
            row.save(update_fields=["channel", "tries"])
    return sent


@transaction.atomic
def digest() -> int:
    """Write one letter to each person with something to sum up; return how many. What was read is left out.

    The letter holds the first twenty sentences and how many there are besides. A second run finds what was told since.
    """
    waiting = model()._default_manager.filter(mail=MailState.DIGEST).order_by("pk").select_for_update(skip_locked=True)
    rows = list(waiting)
    people = _people(rows)
    by_person: dict[str, list[StoredNotification]] = defaultdict(list)
    for row in rows:
        if row.read_at is None and row.user in people and people[row.user].email:
            by_person[row.user].append(row)
    letters.write_many(
        letters.Draft(
            to=people[user].email,
            kind="notifications",
            context={
                "count": len(told),
                "lines": [(sentence(row), _link(row)) for row in told[:IN_A_DIGEST]],
                "more": max(0, len(told) - IN_A_DIGEST),
                "inbox": _inbox(),
                "settings": _inbox("settings/"),
            },
            key=f"notifications:{told[0].ref}",
        )
        for user, told in by_person.items()
    )
    model()._default_manager.filter(pk__in=[row.pk for row in rows]).update(mail=MailState.WRITTEN)
    return len(by_person)


def forget() -> int:
    """Delete what was read half a year ago, and what nobody read for over a year; return how many."""
    rows = model()._default_manager
    gone: int = rows.filter(read_at__lt=Now() - KEPT_READ).delete()[0]
    return gone + int(rows.filter(told_at__lt=Now() - KEPT).delete()[0])


def _people(rows: Sequence[StoredNotification]) -> dict[str, User]:
    refs: Iterable[str] = {row.user for row in rows}
    return {user.ref: user for user in User.objects.filter(ref__in=refs, is_active=True)}


def _link(row: StoredNotification) -> str:
    """Return the address of the page, or of the inbox where that page is gone."""
    path = url(row)
    return f"{_address()}{path}" if path else _inbox()


def _inbox(page: str = "") -> str:
    return f"{_address()}/notifications/{page}"


def _address() -> str:
    place = current()
    return address_of(place.slug if place and host() == "agency" else "")
