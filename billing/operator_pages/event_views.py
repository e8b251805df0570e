"""The operator's look at what Stripe told us, what could not be worked off, and how the books compare."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from audit import log
from billing.gateway import client as gateway
from billing.models import Reconciliation, StripeEvent
from billing.stripe_sync import events as stripe_sync_events
from billing.stripe_sync import reconcile
from common.pages.acts import Done, act
from common.pages.forms import HouseForm
from common.pages.listing import Listing
from common.pages.table import Column
from common.refusals import Refused

EVENTS = [
    Column("created_at", gettext_lazy("时间"), sort="created_at"),
    Column("state", gettext_lazy("状态"), sort="state", kind="state", template="billing/_event_state.html"),
    Column("kind", gettext_lazy("事件"), sort="kind"),
    Column("object_id", gettext_lazy("对象")),
    Column("customer", gettext_lazy("客户编号"), wide=True),
    Column("attempts", gettext_lazy("次数"), sort="attempts", kind="number"),
    Column("error", gettext_lazy("问题"), wide=True),
]
COMPARISONS = [
    Column("at", gettext_lazy("时间"), sort="at"),
    Column("since", gettext_lazy("从")),
    Column("events_listed", gettext_lazy("事件"), kind="number"),
    Column("events_missed", gettext_lazy("补收事件"), kind="number"),
    Column("movements_listed", gettext_lazy("收退款"), kind="number"),
    Column("movements_posted", gettext_lazy("补记"), kind="number"),
    Column("unmatched", gettext_lazy("不符"), sort="unmatched", kind="number"),
    Column("difference", gettext_lazy("差额"), sort="difference", kind="money"),
    Column("error", gettext_lazy("问题"), wide=True),
]


class EventFilter(HouseForm):
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["state"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("全部")), *StripeEvent.State.choices]

    def narrow(self, rows: "QuerySet[StripeEvent]") -> "QuerySet[StripeEvent]":
        wanted = self.cleaned_data["state"]
        return rows.filter(state=wanted) if wanted else rows


@require_safe
@allow(Permission.TENANT_OPERATE)
def events(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        StripeEvent.objects.all(),
        columns=EVENTS,
        order="-created_at",
        search=["event_id", "object_id", "customer", "kind"],
        form=EventFilter(request.GET),
    )
    if listing.wants_export:
        return listing.export(_("支付平台事件"))
    context = {
        "list": listing,
        "title": _("支付平台事件"),
        "hint": _("事件、对象或客户编号"),
        "empty_text": _("还没有收到事件。"),
    }
    return render(request, "billing/events.html", context)


@allow(Permission.TENANT_OPERATE)
@act(back=reverse_lazy("payers:events"))
def again(request: MemberRequest, event_id: str) -> Done:
    """Try an event once more, now."""
    event = get_object_or_404(StripeEvent, event_id=event_id)
    stripe_sync_events.try_again(event)
    state = stripe_sync_events.work_off(event.event_id)
    log.write("billing.event.tried_again", on=event, by=request.user, state=state)
    tried = _("再试之后：%(state)s。") % {"state": StripeEvent.State(state).label if state else _("处理中")}
    if state != StripeEvent.State.DONE:
        raise Refused(tried)
    return Done(tried)


@require_safe
@allow(Permission.TENANT_OPERATE)
def comparisons(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(request, Reconciliation.objects.all(), columns=COMPARISONS, order="-at", search=["error"])
    if listing.wants_export:
        return listing.export(_("对账"))
    context = {
        "list": listing,
        "title": _("与支付平台对账"),
        "text": _("每天自动比对最近 7 天；不符的须查明原因。"),
        "hint": _("问题"),
        "can_compare": gateway.is_ready(),
        "empty_text": _("还没有对过账。"),
    }
    return render(request, "billing/comparisons.html", context)


@allow(Permission.TENANT_OPERATE)
@act(back=reverse_lazy("payers:comparisons"))
def compare(request: MemberRequest) -> Done:
    """Compare the last thirty days now."""
    if not gateway.is_ready():
        raise Http404
    found = reconcile.reconcile(days=reconcile.MOST_DAYS)
    log.write("billing.books.compared", on=found, by=request.user, unmatched=found.unmatched)
    if found.error or found.unmatched:
        raise Refused(found.error or _("对账完成：%(n)d 笔不符。") % {"n": found.unmatched})
    return Done(_("对账完成：%(n)d 笔不符。") % {"n": 0})
