"""A good request for every operation of the API, with what stands on the stage: so that each is reached, not only
refused."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.dates import SHANGHAI
from services.grants.guards import likeness
from supervision.models import Availability, Booking
from supervision.words import State
from tenants.running import in_public, in_tenant
from tests.cast import PASSWORD, member, officer
from tests.flows.conftest import Stage


@dataclass
class Deed:
    """One operation (its label in the document) with what is put into it."""

    label: str
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Idempotency-Key": uuid.uuid4().hex} if self.body is not None else {}


def agency_people(stage: Stage) -> dict[str, str]:
    """Role and username of one person of each role on north's host."""
    north = stage.north
    with in_tenant(north.tenant):
        member(north.tenant, "n-coordinator", "volunteer_coordinator", name="许协调")
    assert north.lin.user
    assert north.wei.user
    assert north.an.user
    return {
        "agency_director": north.director.username, "station_head": north.lin.user.username,
        "worker": north.wei.user.username, "intern": north.an.user.username, "finance": "n-finance",
        "fund_committee": "north-F1-c0", "fund_monitor": "north-F1-m", "volunteer_coordinator": "n-coordinator",
    }  # fmt: skip


def floor_people(stage: Stage) -> dict[str, str]:
    """Role and username of one person of each role on the shared host."""
    with in_public():
        city = officer("zheng-city", "city_officer", "370100", name="郑处长")
    return {
        "district_officer": stage.zhou.username, "city_officer": city.username, "supervisor": stage.sun.user.username,
        "evaluator": stage.evaluator.username, "operator": stage.operator.username,
    }  # fmt: skip


def agency_deeds(stage: Stage) -> list[Deed]:
    north, grants = stage.north, stage.charity.grants
    fund = {"ref": grants.applications["submitted"].fund.ref}
    client, station = {"ref": north.client.ref}, {"ref": north.station.ref}
    now, today = timezone.now(), timezone.localdate()
    with in_public():
        booking = _booked(stage, past=False)

    def of(step: str) -> dict[str, str]:
        return {"ref": grants.applications[step].ref}

    hours = _morning(4)
    with in_tenant(north.tenant):
        seen = likeness.seen_of(likeness.alike(grants.applications["alike"].need.client))
    return [
        Deed("POST /api/v1/auth/token/", body={"username": north.director.username, "password": PASSWORD}),
        *(Deed(f"GET /api/v1/{name}/") for name in (
            "clients", "fund-applications", "funds", "regions", "scorecards", "staff", "stations", "visits",
            "supervision/bookings", "supervision/slots",
        )),
        Deed("GET /api/v1/clients/{ref}/", client), Deed("GET /api/v1/stations/{ref}/", station),
        Deed("GET /api/v1/funds/{ref}/", fund), Deed("GET /api/v1/funds/{ref}/ledger/", fund),
        *(Deed("GET /api/v1/fund-applications/{ref}/", of(step)) for step in grants.applications),
        Deed("GET /api/v1/fund-applications/{ref}/compare/", of("alike")),
        Deed("POST /api/v1/fund-applications/{ref}/compare/", of("alike"), {"seen": seen}),
        Deed("POST /api/v1/clients/", body={"name": "𠮷田·阿依", "station": north.station.ref}),
        Deed("PATCH /api/v1/clients/{ref}/", client, {"phone": "13864100078"}),
        Deed("POST /api/v1/clients/{ref}/reveal/", client, {"field": "phone", "reason": "电话回访"}),
        Deed("POST /api/v1/visits/", body={
            "client": north.client.ref, "station": north.station.ref, "minutes": 35, "kind": "home_visit",
            "held_at": (now - dt.timedelta(days=2, hours=3)).isoformat(), "note": "一切安好",
        }),
        Deed("POST /api/v1/stations/", body={
            "code": "N-API", "name": "泉城社工站", "level": "station", "label": "社工站", "region": "370102002",
            "opened_on": f"{today}",
        }),
        Deed("PATCH /api/v1/stations/{ref}/", station, {"address": "历山路 1 号"}),
        Deed("POST /api/v1/staff/", body={
            "name": "新社工", "station": north.station.ref, "post": "social_worker", "employment": "full_time",
            "started_on": f"{today}",
        }),
        Deed("POST /api/v1/funds/", body={"name": "泉城基金", "host": "历下区慈善总会"}),
        Deed("POST /api/v1/funds/{ref}/donations/", fund, {"amount": "12.50", "donor": "何善长", "giver": "person"}),
        Deed("POST /api/v1/funds/{ref}/applications/", fund, {
            "kind": "person", "client": north.client.ref, "amount": "300.00", "cause": "illness",
            "reason": "独居，上月摔伤住院。",
        }),
        Deed("POST /api/v1/fund-applications/{ref}/assess/", of("submitted"), {"amount": "600", "findings": "属实。"}),
        Deed("POST /api/v1/fund-applications/{ref}/opinion/", of("assessed"), {"is_content": True, "reason": "同意"}),
        Deed("POST /api/v1/fund-applications/{ref}/decide/", of("assessed"), {"verdict": "approve", "reason": "了解"}),
        Deed("POST /api/v1/fund-applications/{ref}/pay/", of("payable"), {"method": "bank", "payee": "张桂兰"}),
        Deed("POST /api/v1/supervision/bookings/", body={
            "supervisor": stage.sun.ref, "station": north.station.code, "topic": "转介",
            "starts_at": hours.isoformat(), "ends_at": (hours + dt.timedelta(hours=1)).isoformat(),
        }),
        Deed("POST /api/v1/supervision/bookings/{ref}/cancel/", {"ref": booking.ref}, {"reason": "临时有事"}),
    ]  # fmt: skip


def floor_deeds(stage: Stage) -> list[Deed]:
    contract = {"ref": stage.contract.ref}
    hours = _morning(40) + dt.timedelta(hours=6)
    with in_public():
        session = _booked(stage, past=True)
        offer = Availability.objects.create(
            supervisor=stage.sun, starts_at=hours, ends_at=hours + dt.timedelta(hours=2), modality="onsite"
        )
    return [
        Deed("POST /api/v1/auth/token/", body={"username": stage.zhou.username, "password": PASSWORD}),
        *(Deed(f"GET /api/v1/{name}/") for name in (
            "contracts", "disclosures", "programmes", "rankings", "regions", "supervision/availability",
            "supervision/sessions",
        )),
        Deed("GET /api/v1/contracts/{ref}/", contract), Deed("GET /api/v1/contracts/{ref}/scorecard/", contract),
        Deed("GET /api/v1/contracts/{ref}/scorecard/{code}/evidence/", {**contract, "code": "C1.1"}),
        Deed("GET /api/v1/contracts/{ref}/sheets/", contract),
        Deed("GET /api/v1/programmes/{key}/", {"key": "jinan"}),
        Deed("GET /api/v1/rankings/", query={"programme": "jinan"}),
        Deed("POST /api/v1/supervision/availability/", body={
            "starts_at": (hours + dt.timedelta(days=1)).isoformat(), "modality": "online",
            "ends_at": (hours + dt.timedelta(days=1, hours=2)).isoformat(),
        }),
        Deed("DELETE /api/v1/supervision/availability/{ref}/", {"ref": offer.ref}),
        Deed("POST /api/v1/supervision/sessions/{ref}/complete/", {"ref": session.ref}, {"minutes": 55}),
    ]  # fmt: skip


def _morning(days: int) -> dt.datetime:
    day = timezone.localdate() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(9), SHANGHAI)


def _booked(stage: Stage, *, past: bool) -> Booking:
    """A session of Sun's for north's station: the day after to-morrow week, or the one held a week ago."""
    start = _morning(-7 if past else 12)
    station = stage.north.station
    assert stage.north.lin.user
    return Booking.objects.create(
        supervisor=stage.sun, during=DateTimeTZRange(start, start + dt.timedelta(hours=1)), modality="onsite",
        tenant=stage.north.tenant.slug, station=station.code, station_name=station.name, state=State.CONFIRMED,
        booked_by=stage.north.lin.user, answer_by=start,
    )  # fmt: skip
