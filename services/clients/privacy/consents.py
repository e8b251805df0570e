"""A person's consent: given, withdrawn, given again. Withdrawn, nothing is done with the data beyond keeping it."""

import datetime as dt
from typing import Protocol

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Conflict
from services.clients.models import Client, Consent
from services.clients.privacy.sealed import sealed
from services.journal import log


class Person(Protocol):
    """A client or a volunteer."""

    pk: int
    ref: str
    stopped_on: dt.date | None


class Stopped(Conflict):
    """The person has withdrawn their consent to this."""


class NothingToWithdraw(Conflict):
    """The consent is withdrawn already, or given already."""


def check(person: Person, purpose: str = Consent.Purpose.SERVICE) -> None:
    """Let an act on a person's data go on.

    :raises Stopped: if they have withdrawn their consent, to everything or to this purpose.
    """
    if person.stopped_on:
        raise Stopped(_("本人已于 %(day)s 撤回同意：资料只保存，不再用于新的服务。") % {"day": person.stopped_on})
    if purpose != Consent.Purpose.SERVICE and (day := withdrawn_on(person, purpose)):
        raise Stopped(_("本人已于 %(day)s 撤回向基金和合作单位提供资料的同意。") % {"day": day})


def withdrawn_on(person: Person, purpose: str) -> dt.date | None:
    """Return the day on which the consent to a purpose was withdrawn and not given again since."""
    latest = _of(person).filter(purpose=purpose).order_by("-pk").first()
    return latest.withdrawn_on if latest else None


@transaction.atomic
def give(*, person: Person, purpose: str, on: dt.date, giver: str, name: str, by: User | None) -> Consent:
    """Note that the person, their guardian or agent consents; work with the data may go on.

    :param name: the guardian's or agent's name, '' for the person.
    :raises NothingToWithdraw: if the consent is given already.
    """
    _lock(person)
    if _of(person).filter(purpose=purpose, withdrawn_on=None).exists():
        raise NothingToWithdraw(_("这项同意已经登记，仍然有效。"))
    consent = Consent(purpose=purpose, given_on=on, given_by=giver, noted_by=by.ref if by else "", **_whose(person))
    consent.giver_sealed = sealed(consent, "giver", name.strip())
    consent.save()
    if purpose == Consent.Purpose.SERVICE:
        _mark(person, None)
    log.write("clients.consent.given", on=consent, by=by, purpose=purpose, person=person.ref)
    return consent


@transaction.atomic
def withdraw(*, person: Person, purpose: str, on: dt.date, giver: str, name: str, by: User | None) -> Consent:
    """Note that the consent is withdrawn, also one that was never written down.

    :param name: the guardian's or agent's name, '' for the person.
    :raises NothingToWithdraw: if it was withdrawn already.
    """
    _lock(person)
    if withdrawn_on(person, purpose):
        raise NothingToWithdraw(_("这项同意已经撤回。"))
    consent = _of(person).filter(purpose=purpose, withdrawn_on=None).first()
    consent = consent or Consent(purpose=purpose, noted_by=by.ref if by else "", **_whose(person))
    consent.withdrawn_on, consent.withdrawn_by = on, giver
    if name.strip():
        consent.giver_sealed = sealed(consent, "giver", name.strip())
    consent.save()
    if purpose == Consent.Purpose.SERVICE:
        _mark(person, on)
    log.write("clients.consent.withdrawn", on=consent, by=by, purpose=purpose, person=person.ref)
    return consent


def _whose(person: Person) -> dict[str, Person]:
    return {"client" if isinstance(person, Client) else "volunteer": person}


def _of(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(**_whose(person))


def _lock(person: Person) -> None:
    # Two consents noted at once for one person wait here: the second sees what the first one left.
    type(person)._default_manager.select_for_update().get(pk=person.pk)  # type: ignore[attr-defined]


def _mark(person: Person, day: dt.date | None) -> None:
    type(person)._default_manager.filter(pk=person.pk).update(stopped_on=day)  # type: ignore[attr-defined]
    person.stopped_on = day
