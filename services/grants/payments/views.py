"""Pay: prepare, approve one or many, drop; the recipient's confirmation; money given back."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission as P
from common.money import yuan
from common.pages import batches
from common.pages.acts import Done, act
from common.pages.batches import Batch
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.clients.privacy.sealed import opened
from services.grants import tasks
from services.grants.access import get_application, get_payment, get_run
from services.grants.act_page import handle_act, page_of
from services.grants.forms import ConfirmationForm, PaymentApprovalForm, PaymentFilter, PaymentForm, RepaymentForm
from services.grants.guards.duties import names_of
from services.grants.guards.page_digest import digest_of, digest_of_payment
from services.grants.models import Need, Payment
from services.grants.payments import actions, repayments, runs
from tenants.running import current_slug

COLUMNS = [
    Column(
        "number",
        gettext_lazy("申请编号"),
        sort="application__number",
        value=lambda payment: payment.application.number,
        href=lambda payment: reverse("grants:application", args=[payment.application.ref]),
    ),
    Column("fund", gettext_lazy("基金"), value=lambda payment: payment.application.fund.name, wide=True),
    Column("amount", gettext_lazy("金额"), sort="amount", kind="money"),
    Column("method", gettext_lazy("付款方式"), value=label("method"), wide=True),
    Column("paid_on", gettext_lazy("付款日期"), sort="paid_on", wide=True),
    Column("state", gettext_lazy("状态"), sort="state", kind="state", template="grants/_payment_state.html"),
]


@allow(P.GRANT_PAY)
def payments(request: MemberRequest) -> HttpResponseBase:
    rows = Payment.objects.select_related("application__fund", "run")
    listing = Listing(
        request, rows, columns=COLUMNS, order="number", search=["application__number", "reference"],
        form=PaymentFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("资助付款"))
    me, prepared = request.user.ref, Payment.State.PREPARED
    tick = {
        row.ref: f"{row.application.number} {yuan(row.amount)}"
        for row in listing
        if row.state == prepared and row.prepared_by != me and not (row.run and row.run.done_at is None)
    }
    context = {
        "list": listing,
        "title": _("资助付款"),
        "text": _("一人提交，另一人复核；复核即付款入账。"),
        "hint": _("申请编号或流水号"),
        "batch": Batch(reverse("grants:start_run"), _("批量复核付款"), tick) if tick else None,
        "empty_title": _("还没有付款"),
        "empty_text": _("公示期满的申请提交付款后，在这里复核。"),
    }
    return render(request, "list.html", context)


@allow(P.GRANT_PAY)
def prepare(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_PAY, timezone.localdate())
    now = digest_of(application)

    def action(data: dict[str, Any]) -> None:
        actions.prepare(application=application, **data, by=request.user)

    page = page_of(application, _("提交付款"), _("提交付款"), _("付款已提交，等待另一人复核。"))
    form = PaymentForm(request.POST or None, initial={"seen": now})
    return handle_act(request, application, form, page, action, amount=application.awarded)


@allow(P.GRANT_PAY)
def approve_payment(request: MemberRequest, ref: str) -> HttpResponse:
    payment = get_payment(request, ref, P.GRANT_PAY)
    application = get_application(request, payment.application.ref, P.GRANT_PAY, timezone.localdate())
    now = digest_of_payment(application, payment)

    def action(data: dict[str, Any]) -> None:
        actions.approve_payment(payment=payment, **data, by=request.user)

    form = PaymentApprovalForm(request.POST or None, initial={"seen": now, "reference": payment.reference})
    page = page_of(application, _("复核付款"), _("确认已付款"), _("已付款并入账。"))
    more = {"amount": payment.amount, "payment": payment, "payee": opened(payment, "payee"),
            "preparer": names_of([payment.prepared_by]).get(payment.prepared_by, "")}  # fmt: skip
    return handle_act(request, application, form, page, action, **more)


def _application_of(ref: str) -> str:
    """Return the page of the application that a payment is of."""
    payment = get_object_or_404(Payment.objects.select_related("application"), ref=ref)
    return reverse("grants:application", args=[payment.application.ref])


@allow(P.GRANT_PAY)
@act(back=_application_of)
def drop(request: MemberRequest, ref: str) -> Done:
    actions.drop(payment=get_payment(request, ref, P.GRANT_PAY), by=request.user)
    return Done(_("付款已撤销，可以重新提交。"))


@allow(P.GRANT_PAY)
@act(back=reverse_lazy("grants:payments"))
def start_run(request: MemberRequest) -> HttpResponse:
    chosen = list(Payment.objects.filter(ref__in=batches.chosen(request)).order_by("pk"))
    run = runs.start(payments=chosen, by=request.user)
    slug = current_slug()
    transaction.on_commit(lambda: tasks.pay_run.delay(tenant=slug, run=run.ref))
    return redirect("grants:run", ref=run.ref)


@allow(P.GRANT_PAY)
def run(request: MemberRequest, ref: str) -> HttpResponse:
    run = get_run(request, ref, P.GRANT_PAY)
    rows = list(run.payments.select_related("application__fund").order_by("application__number"))
    done = sum(row.state == Payment.State.PAID for row in rows)
    crumbs = [(_("资助付款"), reverse("grants:payments")), (_("批量付款"), "")]
    context = {"run": run, "rows": rows, "done": done, "total": len(rows), "crumbs": crumbs}
    return render(request, "grants/run.html", context)


@allow(P.GRANT_APPLY)
def confirm(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_APPLY, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        words = f"{data['how']}：{data['words']}"
        actions.confirm(application=application, words=words, confirmed_on=data["confirmed_on"], by=request.user)

    title = _("登记验收") if application.need.kind == Need.Kind.SERVICE else _("登记确认")
    page = page_of(application, title, title, _("已登记。"))
    return handle_act(request, application, ConfirmationForm(request.POST or None), page, action)


@allow(P.FUND_KEEP)
def repay(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.FUND_KEEP, timezone.localdate())

    def action(data: dict[str, Any]) -> None:
        repayments.repay(application=application, **data, by=request.user)

    page = page_of(application, _("登记退款"), _("登记退款"), _("退款已入账。"))
    form = RepaymentForm(request.POST or None, initial={"amount": repayments.left_of(application)})
    return handle_act(request, application, form, page, action)
