"""Record, countersign, return, correct, withdraw; facts are written in the same transaction."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from common.dates import local_day
from common.refusals import Conflict, RefusedFields
from evaluation import door as evaluation
from services.clients.models import Client
from services.clients.privacy import consents
from services.clients.privacy.sealed import opened, sealed, subject_key, thing_key
from services.journal import log
from services.network.models import Site
from services.network.queries import counting_site
from services.people.models import Staff
from services.records import rules, telling
from services.records.models import Attendance, RecordVersion, ServiceRecord
from tenants.running import current_slug

State = ServiceRecord.State


class CannotRecord(RefusedFields):
    """The record breaks a rule."""


class CannotChangeRecord(Conflict):
    """The record is not in a state from which this can be done."""


@dataclass(frozen=True)
class Service:
    """What a worker says of one service. `held_at` is aware; `others` are people without a file here."""

    kind: str
    site: Site
    worker: Staff
    held_at: dt.datetime
    minutes: int
    setting: str
    clients: tuple[Client, ...] = ()
    others: int = 0
    note: str = ""


@contextmanager
def _at_a_free_time() -> Iterator[None]:
    """Run in one transaction, and turn the constraint that a worker is at one place at a time into a refusal.

    Caught outside the transaction: a savepoint around each insert would cost two more round trips a visit.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        if "record_worker_in_one_place" not in str(clash):
            raise
        raise CannotRecord({"held_at": [_("这段时间您已记录过另一项服务，请核对时间。")]}) from None


@_at_a_free_time()
def record_service(
    *, service: Service, now: dt.datetime, by: User, needs_countersign: bool = False, submission: UUID | None = None
) -> ServiceRecord:
    """Record a service and its facts. The same `submission` twice gives the first record back.

    An intern's record waits for a countersign and counts for nothing until then.

    :raises CannotRecord: in the future, overlapping, without its client, minutes out of range.
    :raises services.clients.privacy.consents.Stopped: about somebody who has withdrawn their consent.
    """
    if submission and (earlier := ServiceRecord.objects.filter(submission=submission).first()):
        return earlier
    _check(service, now, None)
    record = ServiceRecord(recorded_by=by.ref, recorded_at=now, submission=submission)
    record.state = State.WAITING if needs_countersign else State.COUNTED
    _write(record, service)
    attendances = Attendance.objects.bulk_create(Attendance(record=record, client=client) for client in service.clients)
    if record.state == State.COUNTED:
        evaluation.record_facts(tenant=current_slug(), facts=facts(record, attendances))
    log.write("records.record.recorded", on=record, by=by, kind=record.kind, state=record.state)
    if record.state == State.WAITING:
        telling.told_waiting(record, local_day(now), by)
    return record


@transaction.atomic
def countersign(*, record: ServiceRecord, by: User) -> None:
    """Let an intern's record count.

    :raises CannotChangeRecord: unless it waits, or if one countersigns one's own.
    """
    record = _locked(record, {State.WAITING})
    if record.recorded_by == by.ref:
        raise CannotChangeRecord(_("不能签核自己的记录。"))
    record.state, record.countersigned_by, record.state_reason = State.COUNTED, by.ref, ""
    record.save(update_fields=["state", "countersigned_by", "state_reason"])
    evaluation.record_facts(tenant=current_slug(), facts=facts(record, list(record.attendances.all())))
    log.write("records.record.countersigned", on=record, by=by)
    telling.told_countersigned(record, by)


@transaction.atomic
def return_record(*, record: ServiceRecord, reason: str, by: User) -> None:
    """Give an intern's record back with a reason.

    :raises CannotChangeRecord: unless it waits, or without a reason.
    """
    record = _locked(record, {State.WAITING})
    _need_reason(reason)
    record.state, record.state_reason = State.RETURNED, reason.strip()
    record.save(update_fields=["state", "state_reason"])
    log.write("records.record.returned", on=record, by=by)
    telling.told_returned(record, by)


@_at_a_free_time()
def correct_record(
    *, record: ServiceRecord, service: Service, reason: str, now: dt.datetime, by: User, needs_countersign: bool = False
) -> ServiceRecord:
    """Say a record anew. What it said before is kept with the reason, and its facts become those of the new form.

    :raises CannotRecord: if the new form breaks a rule.
    :raises CannotChangeRecord: for a withdrawn record or without a reason.
    """
    record = _locked(record, {State.COUNTED, State.WAITING, State.RETURNED})
    _need_reason(reason)
    _check(service, now, record)
    _keep_version(record, reason, by)
    record.state = State.WAITING if needs_countersign else State.COUNTED
    record.state_reason = ""
    record.version += 1
    _write(record, service)
    present = {attendance.client_id for attendance in record.attendances.all()}
    wanted = {client.pk: client for client in service.clients}
    record.attendances.exclude(client_id__in=wanted).delete()
    Attendance.objects.bulk_create(Attendance(record=record, client=wanted[pk]) for pk in wanted.keys() - present)
    counted = facts(record, list(record.attendances.all())) if record.state == State.COUNTED else []
    evaluation.replace_facts(tenant=current_slug(), source_prefix=_source(record), facts=counted)
    log.write("records.record.corrected", on=record, by=by, version=record.version)
    if record.state == State.WAITING:
        telling.told_waiting(record, local_day(now), by)
    return record


@transaction.atomic
def withdraw_record(*, record: ServiceRecord, reason: str, by: User) -> None:
    """Take a record back: it stays on file and counts for nothing.

    :raises CannotChangeRecord: if it is withdrawn already, or without a reason.
    """
    record = _locked(record, {State.COUNTED, State.WAITING, State.RETURNED})
    _need_reason(reason)
    record.state, record.state_reason = State.WITHDRAWN, reason.strip()
    record.save(update_fields=["state", "state_reason"])
    evaluation.withdraw_facts(tenant=current_slug(), source_prefix=_source(record))
    log.write("records.record.withdrawn", on=record, by=by)


@transaction.atomic
def restore_record(*, record: ServiceRecord, now: dt.datetime, by: User, needs_countersign: bool = False) -> None:
    """Undo a withdrawal.

    :raises CannotChangeRecord: unless it is withdrawn.
    :raises CannotRecord: if the worker has recorded something else at that time since.
    """
    record = _locked(record, {State.WITHDRAWN})
    record.state = State.WAITING if needs_countersign else State.COUNTED
    record.state_reason = ""
    try:
        with transaction.atomic():
            record.save(update_fields=["state", "state_reason"])
    except IntegrityError:
        raise CannotRecord({"held_at": [_("这段时间后来已记录了另一项服务。")]}) from None
    if record.state == State.COUNTED:
        evaluation.record_facts(tenant=current_slug(), facts=facts(record, list(record.attendances.all())))
    log.write("records.record.restored", on=record, by=by)


def facts(record: ServiceRecord, attendances: Sequence[Attendance]) -> list[evaluation.Fact]:
    """Return the de-identified facts of a record, in its own agency's schema; of a sample client there are none."""
    if any(attendance.client.is_sample for attendance in attendances):
        return []
    held_on, recorded_on = local_day(record.held_at), local_day(record.recorded_at)
    station, thing = counting_site(record.site).code, _belongs_to(record, attendances, held_on)
    refs = {attendance.client.ref for attendance in attendances}
    keys = {ref: subject_key(ref) for ref in refs}
    entries = rules.facts_of(
        kind=record.kind,
        held_on=held_on,
        recorded_on=recorded_on,
        minutes=record.minutes,
        setting=record.setting,
        attendances=[(attendance.ref, attendance.client.ref) for attendance in attendances],
        others=record.others,
    )
    return [
        evaluation.Fact(
            station, entry.measure, held_on, entry.quantity,
            f"{_source(record)}:{entry.part}" if entry.part else _source(record), keys.get(entry.client, ""),
            thing, recorded_on,
        )
        for entry in entries
    ]  # fmt: skip


def _belongs_to(
    record: ServiceRecord, attendances: Sequence[Attendance], held_on: dt.date
) -> evaluation.Belonging | None:
    """Return what the record's facts belong together by: the activity that it is, or the household that was visited.

    A person whose file is restricted is told of under no household.
    """
    sort = evaluation.Sort
    if record.kind in rules.ITSELF_A_THING:
        key = thing_key(sort.ACTIVITY, record.ref)
        return evaluation.Belonging(key, sort.ACTIVITY, kind=record.kind, opened_on=held_on, closed_on=held_on)
    clients = [attendance.client for attendance in attendances]
    household = clients[0].household if record.kind in rules.ONE_HOME and clients else None
    if household is None or any(client.is_restricted for client in clients):
        return None
    key = thing_key(sort.HOUSEHOLD, household.ref)
    return evaluation.Belonging(key, sort.HOUSEHOLD, opened_on=household.opened_on)


def _check(service: Service, now: dt.datetime, correcting: ServiceRecord | None) -> None:
    for client in service.clients:
        consents.check(client)
    # Every record that could overlap began at most the longest service before this one.
    earliest = service.held_at - dt.timedelta(minutes=rules.LONGEST_MINUTES)
    latest = service.held_at + dt.timedelta(minutes=min(max(service.minutes, 0), rules.LONGEST_MINUTES))
    busy = ServiceRecord.objects.filter(worker=service.worker, held_at__range=(earliest, latest)).exclude(
        state__in=[State.WITHDRAWN, State.RETURNED]
    )
    if correcting:
        busy = busy.exclude(pk=correcting.pk)
    if any(client.is_sample for client in service.clients) and (len(service.clients) > 1 or service.others):
        raise CannotRecord({"clients": [_("示例档案只能单独试记，不能与真实的服务对象一起登记。")]})
    if problems := rules.record_problems(
        kind=service.kind,
        held_at=service.held_at,
        minutes=service.minutes,
        setting=service.setting,
        clients=len(service.clients),
        homes=len({client.household_id or f"alone {client.pk}" for client in service.clients}),
        others=service.others,
        now=now,
        busy=[
            (start, start + dt.timedelta(minutes=length)) for start, length in busy.values_list("held_at", "minutes")
        ],
    ):
        raise CannotRecord(problems)


def _write(record: ServiceRecord, service: Service) -> None:
    record.kind, record.site, record.worker = service.kind, service.site, service.worker
    record.held_at, record.minutes, record.setting = service.held_at, service.minutes, service.setting
    record.during = DateTimeTZRange(service.held_at, service.held_at + dt.timedelta(minutes=service.minutes), "[)")
    record.others, record.note_sealed = service.others, sealed(record, "note", service.note)
    record.save()


def _keep_version(record: ServiceRecord, reason: str, by: User) -> None:
    content = {
        "kind": record.kind,
        "site": record.site.code,
        "worker": record.worker.ref,
        "held_at": record.held_at.isoformat(),
        "minutes": record.minutes,
        "setting": record.setting,
        "others": record.others,
        "clients": sorted(attendance.client.ref for attendance in record.attendances.select_related("client")),
        "note": opened(record, "note"),
        "state": record.state,
    }
    content_sealed = sealed(record, f"version{record.version}", json.dumps(content))
    RecordVersion.objects.create(
        record=record, version=record.version, said_sealed=content_sealed, reason=reason.strip(), by=by.ref
    )


def _locked(record: ServiceRecord, states: set[State]) -> ServiceRecord:
    locked = (
        ServiceRecord.objects.select_for_update(of=("self",))
        .select_related("site__parent__parent__parent", "worker")
        .get(pk=record.pk)
    )
    if locked.state not in states:
        raise CannotChangeRecord(_("记录现在是“%(state)s”，不能这样处理。") % {"state": locked.get_state_display()})
    record.refresh_from_db(fields=["state"])
    return locked


def _need_reason(reason: str) -> None:
    if not 2 <= len(reason.strip()) <= 200:
        raise CannotChangeRecord(_("请写明原因（2 至 200 字）。"))


def _source(record: ServiceRecord) -> str:
    return f"records.record:{record.ref}"
