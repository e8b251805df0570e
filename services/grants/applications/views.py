"""Applications: the list and the page of one, with what this person may do there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, allow, can
from accounts.permissions import Permission as P
from common.pages.listing import Listing
from common.pages.table import Column, label
from services.clients.privacy.sealed import opened
from services.funds.access import seat_of
from services.funds.rules import rules_of
from services.grants import workflow
from services.grants.access import get_application, known_clients, known_files, visible_applications
from services.grants.act_page import face, user_of
from services.grants.applications import queries
from services.grants.decisions import voting
from services.grants.forms import ApplicationFilter
from services.grants.guards import likeness
from services.grants.guards.duties import names_of
from services.grants.models import Application
from services.grants.payments.repayments import left_of

COLUMNS = [
    Column("number", gettext_lazy("申请编号"), sort="number"),
    Column("who", gettext_lazy("申请人或名称"), value=lambda row: row.who),
    Column("fund", gettext_lazy("基金"), sort="fund__name", value=lambda row: row.fund.name, wide=True),
    Column("kind", gettext_lazy("类别"), value=lambda row: row.need.get_kind_display(), wide=True),
    Column("asked", gettext_lazy("申请金额"), sort="asked", kind="money"),
    Column("awarded", gettext_lazy("资助金额"), sort="awarded", kind="money", wide=True),
    Column("applied_at", gettext_lazy("申请日期"), sort="applied_at", value=lambda row: row.applied_at, wide=True),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state")),
]
AT_ONCE = ("grants:submit",)
EXPORTED = [
    Column("number", gettext_lazy("申请编号"), sort="number"),
    *COLUMNS[2:-2],
    Column("applied_on", gettext_lazy("申请日期"), value=lambda row: timezone.localtime(row.applied_at).date()),
    COLUMNS[-1],
]


@allow(P.GRANT_VIEW)
def applications(request: MemberRequest) -> HttpResponseBase:
    today = timezone.localdate()
    rows = visible_applications(request, today).select_related("need__client", "fund")

    def waiting(found: Any) -> Any:
        return queries.waiting_for(request, found)

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
    found = get_application(request, ref, P.GRANT_VIEW, timezone.localdate())
    seen = face(request, found)
    others = found.need.applications.exclude(pk=found.pk).select_related("fund")
    context = {
        **seen,
        "events": queries.course(found, reads_words=seen["reads"]),
        "acts": _acts(request, found),
        "decision": _decision(found),
        "likeness": _likeness(request, found),
        "payments": found.payments.exclude(state="dropped"),
        "repayments": found.repayments.all(),
        "objections": [
            (one, opened(one, "words") if seen["reads"] else "", _may_answer(request)) for one in found.objections.all()
        ],
        "confirmation": opened(found, "confirmation") if seen["reads"] else "",
        "confirmer": names_of([found.confirmed_by]).get(found.confirmed_by, ""),
        "others": others,
        "crumbs": [(_("资助申请"), reverse("grants:list")), (found.number, "")],
    }
    return render(request, "grants/application.html", context)


def _who(row: Application, known: set[int]) -> str:
    """Name a client only to who may know of them."""
    if row.need.client is None:
        return row.need.title
    return row.need.client.name if row.need.client_id in known else _("申请人")


def _decision(found: Application) -> dict[str, Any] | None:
    """Return how the vote of this round stands, while there is one."""
    if not workflow.allows(found.state, "vote") or not voting.is_due(found):
        return None
    vote, rules = voting.tally(found), rules_of(found.fund.programme, found.fund.digest)
    return {
        "step": rules.step(voting.amount_of(found)),
        "amount": voting.amount_of(found),
        "cast": len(vote.ballots),
        "seated": len(vote.seats),
        "waits": vote.outcome().waits,
        "problems": voting.order_problems(found.fund, rules),
    }


def _likeness(request: HttpRequest, found: Application) -> dict[str, Any] | None:
    """Return the files that may be of the same person, while that is to be settled, for who may know of them."""
    if not workflow.allows(found.state, "compare") or not can(request, P.GRANT_ASSESS) or not found.need.client:
        return None
    files = likeness.alike(found.need.client)
    if not files:
        return None
    compared = likeness.compared_by(found, files)
    return {
        "files": files,
        "seen": likeness.seen_of(files),
        "known": known_files(request, [one.file for one in files], timezone.localdate()),
        "by": "、".join(names_of(compared).values()),
        "is_done": len(compared) >= likeness.EYES,
        "may": user_of(request).ref not in (found.applied_by, *compared),
    }


def _may_answer(request: HttpRequest) -> bool:
    return can(request, P.OBJECTION_ANSWER)


def _acts(request: HttpRequest, found: Application) -> list[tuple[str, str, str, bool]]:
    """Return (label, address, kind, is done at once) of what this person may do to the application now.

    What is done at once is a button that posts; the rest leads to a form.
    """
    mine = found.applied_by == user_of(request).ref

    def may(act: str) -> bool:
        return workflow.allows(found.state, act)

    seat = seat_of(request, found.fund, timezone.localdate())
    votes = can(request, P.GRANT_DECIDE) and seat is not None and seat.duty != "monitor"
    monitors = can(request, P.GRANT_MONITOR) and seat is not None and seat.duty == "monitor"
    due = may("vote") and voting.is_due(found)
    live = found.payments.filter(state="prepared").first()
    offered = [
        (may("submit") and mine, _("提交"), "grants:submit", "primary"),
        (may("change") and mine, _("修改"), "grants:change", ""),
        (may("assess") and can(request, P.GRANT_ASSESS) and not mine, _("评估"), "grants:assess", "primary"),
        (may("send_back") and can(request, P.GRANT_ASSESS) and not mine, _("退回补充"), "grants:send_back", ""),
        (due and votes, _("表决"), "grants:vote", "primary"),
        (due and monitors, _("监督意见"), "grants:opine", "primary"),
        (may("prepare") and live is None and can(request, P.GRANT_PAY), _("提交付款"), "grants:prepare", "primary"),
        (may("confirm") and can(request, P.GRANT_APPLY), _confirm_label(found), "grants:confirm", "primary"),
        (may("repay") and can(request, P.FUND_KEEP) and left_of(found) > 0, _("登记退款"), "grants:repay", ""),
        (may("withdraw") and (mine or can(request, P.FUND_MANAGE)), _("撤回"), "grants:withdraw", ""),
        (found.state not in workflow.ENDED and can(request, P.GRANT_APPLY), _("向另一基金申请"), "grants:another", ""),
    ]
    links = [
        (label, reverse(name, args=[found.ref]), kind, name in AT_ONCE) for shown, label, name, kind in offered if shown
    ]
    if live and may("release") and can(request, P.GRANT_PAY):
        links.insert(0, (_("复核付款"), reverse("grants:release", args=[live.ref]), "primary", False))
    if found.state in ("notice", "objected"):
        links.append((_("登记异议"), reverse("grants:object", args=[found.number]), "", False))
    return links


def _confirm_label(found: Application) -> str:
    return _("登记验收") if found.need.kind == "service" else _("登记确认")
