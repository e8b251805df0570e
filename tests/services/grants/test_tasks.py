"""What runs by the clock: notices end, broken-off runs are taken up, limits are recounted; each for every agency."""

import datetime as dt
import logging

import pytest
from celery import current_app
from django.utils import timezone

from common import clock
from services.grants import tasks
from services.grants.models import Application, Limit, Payment, PaymentRun
from services.grants.payments import runs
from tenants.running import in_tenant
from tests.services.grants.cast import Foundation, found, granted, prepared
from tests.workroom import Workroom


@pytest.fixture
def bases(committed: dict[str, Workroom]) -> list[Foundation]:
    """Really committed funds in both agencies; one stands nowhere."""
    made = []
    for room in committed.values():
        with in_tenant(room.tenant):
            made.append(found(room))
    return made


@pytest.mark.threads
def test_every_agency_is_served(bases: list[Foundation], caplog: pytest.LogCaptureFixture) -> None:
    for base in bases:
        with in_tenant(base.room.tenant):
            over, still = granted(base, "100"), granted(base, "200")
            Application.objects.filter(pk=over.pk).update(notice_to=clock.today() - dt.timedelta(days=1))
            run = runs.start(payments=[prepared(base, "300"), prepared(base, "400")], by=base.finance[1])
            Payment.objects.filter(run=run, amount=400).update(problem="收款人账号有误")
            Limit.objects.filter(kind="need", used=200).update(cap=900, used=900)
            assert (over.state, still.state) == ("notice", "notice")

    assert tasks.end_notices() == 2
    assert tasks.end_notices() == 0
    assert tasks.resume_runs() == 2
    assert tasks.resume_runs() == 0
    with caplog.at_level(logging.ERROR):
        assert tasks.recount_limits() == 2

    assert caplog.text.count("should hold 200") == 2
    for base in bases:
        with in_tenant(base.room.tenant):
            assert set(Application.objects.values_list("awarded", "state")) == {
                (100, "payable"), (200, "notice"), (300, "paid"), (400, "payable"),
            }  # fmt: skip
            done = PaymentRun.objects.get()
            assert done.done_at
            assert done.done_at <= timezone.now()


@pytest.mark.threads
def test_a_run_sent_to_the_background_is_paid(bases: list[Foundation]) -> None:
    base = bases[0]
    with in_tenant(base.room.tenant):
        run = runs.start(payments=[prepared(base, "300")], by=base.finance[1])
        assert tasks.pay_run(tenant=base.room.tenant.slug, run=run.ref) == 1
        with pytest.raises(runs.NothingToPay):
            runs.start(payments=list(run.payments.all()), by=base.finance[1])


@pytest.mark.threads
def test_without_a_broker_the_run_stays_for_the_sweep(
    bases: list[Foundation], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is lost with the broker, the run is not."""
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:9/0")
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    base = bases[0]
    with in_tenant(base.room.tenant):
        run = runs.start(payments=[prepared(base, "300")], by=base.finance[1])
        with caplog.at_level(logging.WARNING, logger="tenants.running"):
            assert tasks.pay_run.delay(tenant=base.room.tenant.slug, run=run.ref) is None
        assert runs.carry_on_all() == 1

    assert "sweep" in caplog.text


@pytest.mark.threads
def test_a_payment_that_breaks_keeps_no_other_waiting(
    bases: list[Foundation], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    base = bases[0]
    with in_tenant(base.room.tenant):
        broken, sound = prepared(base, "300"), prepared(base, "400")
        run = runs.start(payments=[broken, sound], by=base.finance[1])
        release = runs.actions.approve_payment

        def breaks(*, payment: Payment, **rest: object) -> Payment:
            if payment.pk == broken.pk:
                raise RuntimeError("out of order")
            return release(payment=payment, **rest)  # type: ignore[arg-type]

        monkeypatch.setattr(runs.actions, "approve_payment", breaks)
        assert runs.carry_on(run) == 1

        said = dict(Payment.objects.values_list("amount", "state"))
        assert said == {300: "prepared", 400: "paid"}
        assert "系统出错" in Payment.objects.get(pk=broken.pk).problem
        assert runs.carry_on_all() == 0
    assert "out of order" in caplog.text
