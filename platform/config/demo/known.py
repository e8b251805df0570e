"""The demo's year as it became known: every fact when its record was written, and a few records put right since."""

import datetime as dt
from typing import Final

from django.db import connection, transaction

from accounts.models import User
from config.demo.dice import Dice
from evaluation.known import END_OF_DAY, fill_of_records
from services.records import actions
from services.records.models import Attendance, ServiceRecord
from tenants.backend.owner import as_owner

CORRECTED: Final = 4
WITHDRAWN: Final = 3
REASONS_WITHDRAWN: Final = ("与另一条记录重复。", "走访当天没有见到本人，误登记为已完成。", "登记到了别的站点。")
REASON_CORRECTED: Final = "核对签到表后更正时长。"
# What was corrected since is known from then on.
UNTOUCHED: Final = """NOT EXISTS (
    SELECT FROM public.evaluation_factversion AS version
    WHERE version.tenant = fact.tenant AND version.source = fact.source AND version.measure = fact.measure)"""
TERMS: Final = ("contracts_contract", "contracts_contractstation", "contracts_deliverable")


def correct_some(agency: str, by: User, now: dt.datetime) -> None:
    """Take back and correct a few visits of one to five months ago, as a check of the files does; said today."""
    dice = Dice(f"known {agency}")
    earliest, latest = now - dt.timedelta(days=150), now - dt.timedelta(days=35)
    visits = list(
        ServiceRecord.objects.filter(
            kind="home_visit", state=ServiceRecord.State.COUNTED, held_at__range=(earliest, latest)
        )
        .select_related("site", "worker")
        .order_by("held_at", "ref")
    )
    chosen = [visits[dice.between(0, len(visits) - 1)] for _ in range(WITHDRAWN + CORRECTED)] if visits else []
    for number, record in enumerate({record.pk: record for record in chosen}.values()):
        if number < WITHDRAWN:
            actions.withdraw_record(record=record, reason=REASONS_WITHDRAWN[number], by=by)
        else:
            _correct(record, by, now)


def _correct(record: ServiceRecord, by: User, now: dt.datetime) -> None:
    present = Attendance.objects.filter(record=record).select_related("client__household")
    said = actions.Service(
        kind=record.kind, site=record.site, worker=record.worker, held_at=record.held_at,
        minutes=max(record.minutes - 10, 10), setting=record.setting,
        clients=tuple(attendance.client for attendance in present), others=record.others,
    )  # fmt: skip
    actions.correct_record(record=record, service=said, reason=REASON_CORRECTED, now=now, by=by)


def put_back() -> None:
    """Let everything be known from when it would have been, not from the moment of making the demo.

    The owner's act, with the guards off: for the product itself the database's clock alone says it.
    """
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        tables = ("evaluation_fact", "evaluation_factversion", "contracts_mark", *TERMS)
        for table in tables:
            cursor.execute(f"ALTER TABLE public.{table} DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE public.evaluation_fact AS fact SET known_from = {END_OF_DAY} WHERE {UNTOUCHED}"  # noqa: S608  # ours
        )
        fill_of_records(cursor, UNTOUCHED, corrected=False)
        cursor.execute(f"UPDATE public.evaluation_factversion SET known_from = {END_OF_DAY}")  # noqa: S608  # ours
        cursor.execute(
            "UPDATE public.contracts_mark SET given_at = least(clock_timestamp(), dated + time '15:00')"
            " WHERE dated < current_date"
        )
        cursor.execute("UPDATE public.contracts_contract SET known_from = least(now(), starts_on)")
        for table in TERMS[1:]:
            cursor.execute(
                f"UPDATE public.{table} AS term SET known_from = contract.known_from"  # noqa: S608  # ours
                " FROM public.contracts_contract AS contract WHERE contract.id = term.contract_id"
            )
        for table in tables:
            cursor.execute(f"ALTER TABLE public.{table} ENABLE TRIGGER USER")
