"""Applications: the list and the page of one, with what this person may do there."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission as P
from common.pages.listing import Listing
from common.pages.table import Column
from services.clients.privacy.sealed import opened
from services.funds.access import committee_member_of
from services.funds.models import CommitteeMember
from services.funds.rules import rules_of
from services.grants import workflow
from services.grants.access import get_application, known_clients, known_files, visible_applications
from services.grants.act_page import detail_context
from services.grants.applications import queries
from services.grants.decisions import voting
from services.grants.forms import ApplicationFilter
from services.grants.guards import likeness
from services.grants.guards.duties import names_of
from services.grants.models import Application, Need, Payment
from services.grants.payments.repayments import left_of


def _day_of_asking(application: Application) -> dt.date:
    return timezone.localtime(application.applied_at).date()


COLUMNS = [
    Column(
        "number",
        gettext_lazy("申请编号"),
        sort="number",
        href=lambda application: reverse("grants:application", args=[application.ref]),
    ),
    Column("who", gettext_lazy("申请人或名称")),
    Column("fund", gettext_lazy("基金"), sort="fund__name", value=lambda application: application.fund.name, wide=True),
    Column("kind", gettext_lazy("类别"), value=lambda application: application.need.get_kind_display(), wide=True),
    Column("asked", gettext_lazy("申请金额"), sort="asked", kind="money"),
    Column("awarded", gettext_lazy("资助金额"), sort="awarded", kind="money", wide=True),
    Column("applied_at", gettext_lazy("申请日期"), sort="applied_at", value=_day_of_asking, wide=True),
    Column("state", gettext_lazy("状态"), sort="state", kind="state"),
]
EXPORTED = [column for column in COLUMNS if column.name != "who"]  # no names leave in a file
AT_ONCE = ("grants:submit",)


@allow(P.GRANT_VIEW)
def applications(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    rows = visible_applications(request, today).select_related("need__client", "fund")

    def waiting(applications: "QuerySet[Application]") -> "QuerySet[Application]":
        return queries.waiting_for(request, applications)

    listing = Listing(
        request, rows, columns=EXPORTED if request.GET.get("export") else COLUMNS, order="-applied_at",
        search=["number", "need__number", "need__title"], form=ApplicationFilter(request.GET, waiting=waiting),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("资助申请"))
    known = known_clients(request, listing, today)
    settles = can(request, P.FUND_MANAGE) or can(request, P.FUND_KEEP)
    for row in listing:
        row.who = _who(row, known)
        workflow.as_it_stands(row, today)
    context = {
        "list": listing,
        "title": _("资助申请"),
        "hint": _("申请编号或名称"),
        "act_href": reverse("grants:new") if can(request, P.GRANT_APPLY) else "",
        "act_label": _("提出申请"),
        "waiting": waiting(rows).count(),
        "overruns": queries.over_the_cap() if settles else [],
        "together": queries.over_together() if settles else [],
        "empty_title": _("还没有资助申请"),
        "empty_text": _("为服务对象、社区活动或小额服务提出申请，经评估、审议和公示后付款。"),
    }
    return render(request, "grants/list.html", context)


@allow(P.GRANT_VIEW)
def application(request: MemberRequest, ref: str) -> HttpResponse:
    application = get_application(request, ref, P.GRANT_VIEW, timezone.localdate())
    detail = detail_context(request, application)
    others = application.need.applications.exclude(pk=application.pk).select_related("fund")
    context = {
        **detail,
        "events": queries.course(application, reads_words=detail["reads"]),
        "acts": _acts(request, application),
        "decision": _decision(application),
        "likeness": _likeness(request, application),
        "payments": application.payments.exclude(state=Payment.State.DROPPED),
        "repayments": application.repayments.all(),
        "objections": [
            (objection, opened(objection, "words") if detail["reads"] else "", can(request, P.OBJECTION_ANSWER))
            for objection in application.objections.all()
        ],
        "confirmation": opened(application, "confirmation") if detail["reads"] else "",
        "confirmer": names_of([application.confirmed_by]).get(application.confirmed_by, ""),
        "others": others,
        "crumbs": [(_("资助申请"), reverse("grants:list")), (application.number, "")],
    }
    return render(request, "grants/application.html", context)


def _who(row: Application, known: set[int]) -> str:
    """Name a client only to who may know of them."""
    if row.need.client is None:
        return row.need.title
    return row.need.client.name if row.need.client_id in known else _("申请人")


def _decision(application: Application) -> dict[str, Any] | None:
    """Return the votes of this round so far, while there is one."""
    if not workflow.allows(application.state, "vote") or not voting.is_due(application):
        return None
    vote, rules = voting.tally(application), rules_of(application.fund.programme, application.fund.digest)
    return {
        "step": rules.step(voting.amount_of(application)),
        "amount": voting.amount_of(application),
        "cast": len(vote.ballots),
        "seated": len(vote.members),
        "waits": vote.outcome().waits,
        "problems": voting.order_problems(application.fund, rules),
    }


def _likeness(request: MemberRequest, application: Application) -> dict[str, Any] | None:
    """Return the files that may be of the same person, while that is to be settled, for who may know of them."""
    if (
        not workflow.allows(application.state, "compare")
        or not can(request, P.GRANT_ASSESS)
        or not application.need.client
    ):
        return None
    files = likeness.alike(application.need.client)
    if not files:
        return None
    compared = likeness.compared_by(application, files)
    return {
        "files": files,
        "seen": likeness.seen_of(files),
        "known": known_files(request, [lookalike.file for lookalike in files], timezone.localdate()),
        "by": "、".join(names_of(compared).values()),
        "is_done": len(compared) >= likeness.EYES,
        "may": request.user.ref not in (application.applied_by, *compared),
    }


def _acts(request: MemberRequest, application: Application) -> list[tuple[str, str, str, bool]]:
    """Return (label, address, kind, is done at once) of what this person may do to the application now.

    What is done at once is a button that posts; the rest leads to a form.
    """
    mine = application.applied_by == request.user.ref

    def may(act: str) -> bool:
        return workflow.allows(application.state, act)

    member = committee_member_of(request, application.fund, timezone.localdate())
    votes = can(request, P.GRANT_DECIDE) and member is not None and member.role != CommitteeMember.Role.MONITOR
    monitors = can(request, P.GRANT_MONITOR) and member is not None and member.role == CommitteeMember.Role.MONITOR
    due = may("vote") and voting.is_due(application)
    live = application.payments.filter(state=Payment.State.PREPARED).first()
    offered = [
        (may("submit") and mine, _("提交"), "grants:submit", "primary"),
        (may("change") and mine, _("修改"), "grants:change", ""),
        (may("assess") and can(request, P.GRANT_ASSESS) and not mine, _("评估"), "grants:assess", "primary"),
        (may("send_back") and can(request, P.GRANT_ASSESS) and not mine, _("退回补充"), "grants:send_back", ""),
        (due and votes, _("表决"), "grants:vote", "primary"),
        (due and monitors, _("监督意见"), "grants:opine", "primary"),
        (may("prepare") and live is None and can(request, P.GRANT_PAY), _("提交付款"), "grants:prepare", "primary"),
        (may("confirm") and can(request, P.GRANT_APPLY), _confirm_label(application), "grants:confirm", "primary"),
        (may("repay") and can(request, P.FUND_KEEP) and left_of(application) > 0, _("登记退款"), "grants:repay", ""),
        (may("withdraw") and (mine or can(request, P.FUND_MANAGE)), _("撤回"), "grants:withdraw", ""),
        (
            application.state not in workflow.ENDED and can(request, P.GRANT_APPLY),
            _("向另一基金申请"),
            "grants:another",
            "",
        ),
    ]
    links = [
        (label, reverse(name, args=[application.ref]), kind, name in AT_ONCE)
        for shown, label, name, kind in offered
        if shown
    ]
    if live and may("approve_payment") and can(request, P.GRANT_PAY):
        links.insert(0, (_("复核付款"), reverse("grants:release", args=[live.ref]), "primary", False))
    if may("object"):
        links.append((_("登记异议"), reverse("grants:object", args=[application.number]), "", False))
    return links


def _confirm_label(application: Application) -> str:
    return _("登记验收") if application.need.kind == Need.Kind.SERVICE else _("登记确认")
