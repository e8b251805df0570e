"""Signing up, one question a page; all of it works without JavaScript."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import rates
from billing.plans import catalogue
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.htmx import page
from common.pages.notices import show_refusal
from common.pages.table import Column, Table
from common.refusals import Refused
from directory import door as directory
from enrolment import queries
from enrolment.models import Invitation, SignUp
from enrolment.sign_up import actions, provisioning
from enrolment.sign_up.forms import CodeForm, NamesForm, OrganisationForm, PlanForm, host_name
from letters import actions as letters

State = SignUp.State
# How often one address may try: whole forms, codes, and looks at host names. And how often one mailbox is written to.
LIMITS: Final = {"join": 20, "join_mail": 6, "join_code": 60, "join_look": 400}
HOUR: Final = 3600


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The first page: the organisation, its contact, the director's login."""
    return first_page(request, None)


def first_page(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """Show the first page, filled in for an invited agency; a good answer leads to the code."""
    if not letters.are_sent():  # nobody could read the code
        return render(request, "enrolment/no_mail.html", status=503)
    initial = (
        {"name": invitation.agency, "email": invitation.email, "region": invitation.area[:6]} if invitation else {}
    )
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        organisation = form.organisation()
        try:
            _count(request, "join")
            _count(request, "join_mail", organisation.email.lower())
            sign_up = actions.begin(organisation=organisation, invitation=invitation)
        except Refused as refusal:  # not handle_part: a name that is taken is answered with one that is free
            form.refuse(refusal)
            _propose(form)
        else:
            return redirect("join:code", ref=sign_up.ref)
    context = {"form": form, "invitation": invitation, "steps": steps_of(invitation), "current": 1}
    return form.answered(render(request, "enrolment/start.html", context, status=400 if form.errors else 200))


@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """Say whether a host name is free, and if not, which one is: a piece for htmx."""
    _count(request, "join_look")
    name = request.GET.get("name", "").strip()[:100]
    slug = host_name(request.GET.get("slug", "")[:60])
    place = request.GET.get("region", "").strip()[:60]
    near = directory.search_regions(place, level=3, limit=1) if place else []
    proposal = queries.free_slug(name, near[0].code if near else "") if name else ""
    problems = actions.name_problems(name or "?", slug, "").get("slug", []) if slug else []
    context = {"slug": slug, "problems": problems, "proposal": proposal}
    return render(request, "enrolment/_host_name.html", context)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Offer the districts that answer to what is typed, if several do: a piece for htmx."""
    _count(request, "join_look")
    words = request.GET.get("region", "")
    return render(request, "enrolment/_places.html", {"places": queries.places(words)})


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, ref: str) -> HttpResponse:
    """The code from the mail."""
    sign_up = _sign_up(ref)
    if sign_up.state != State.UNVERIFIED:
        return redirect(_next(sign_up))
    if sign_up.email_verified_at:
        return redirect("join:names", ref=ref)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _count(request, "join_code")
            return redirect(_next(actions.verify(sign_up=sign_up, code=form.cleaned_data["code"])))
        # Not handle_part: the mail is verified all the same, and a name that was taken meanwhile has its own page.
        except actions.CannotSignUp as refusal:
            show_refusal(request, refusal)
            return redirect("join:names", ref=ref)
        except Refused as refusal:
            form.refuse(refusal, beside="code")
    return _code_page(request, sign_up, form)


def _code_page(request: HttpRequest, sign_up: SignUp, form: CodeForm) -> HttpResponse:
    context = {
        "form": form, "sign_up": sign_up, "steps": steps_of(sign_up.invitation), "current": 2,
        "minutes": actions.CODE_MINUTES,
    }  # fmt: skip
    return form.answered(render(request, "enrolment/code.html", context, status=400 if form.errors else 200))


@act(back="join:code")
def again(request: HttpRequest, ref: str) -> Done | HttpResponse:
    """Send another code."""
    sign_up = _sign_up(ref)
    try:
        _count(request, "join_mail", sign_up.email.lower())
    except rates.TooOften as refusal:  # said on the page of the code, as 429 with the time to wait
        form = CodeForm({})
        form.errors.clear()
        form.refuse(refusal)
        return _code_page(request, sign_up, form)
    actions.send_code(sign_up=sign_up)
    return Done(_("验证码已重新发送，以前的验证码不再有效。"))


@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, ref: str) -> HttpResponse:
    """Choose another host name or login, once the first choice is taken."""
    sign_up = _sign_up(ref)
    if sign_up.state not in (State.UNVERIFIED, State.FAILED) or not sign_up.email_verified_at:
        return redirect(_next(sign_up))
    initial = {"slug": queries.free_slug(sign_up.name, sign_up.region), "username": sign_up.username}
    form = NamesForm(request.POST or None, sign_up=sign_up, initial=initial)

    def action(data: dict[str, Any]) -> str:
        return _next(actions.hold(sign_up=sign_up, **data))

    def show() -> HttpResponse:
        context = {"form": form, "sign_up": sign_up, "steps": steps_of(sign_up.invitation), "current": 2}
        return render(request, "enrolment/names.html", context, status=400 if form.errors else 200)

    return handle_part(request, form, Done(""), action, show)


PLAN_COLUMNS = (
    Column("name", gettext_lazy("套餐"), template="enrolment/_plan_name.html"),
    Column(
        "stations", gettext_lazy("每站点"), value=lambda plan: (plan.station_month, plan.station_year), kind="number",
        template="enrolment/_plan_price.html",
    ),
    Column(
        "seats", gettext_lazy("每席位"), value=lambda plan: (plan.seat_month, plan.seat_year), kind="number",
        template="enrolment/_plan_price.html",
    ),
    Column("max_stations", gettext_lazy("站点上限"), value=lambda plan: plan.max_stations or _("不限")),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, ref: str) -> HttpResponse:
    """Which plan the trial is of. No card is asked for."""
    sign_up = _sign_up(ref)
    if sign_up.state != State.VERIFIED:
        return redirect(_next(sign_up))
    offered = catalogue.offered()
    form = PlanForm(request.POST or None, plans=offered)

    def action(data: dict[str, Any]) -> None:
        actions.choose_plan(sign_up=sign_up, **data)

    def show() -> HttpResponse:
        context = {
            "form": form, "sign_up": sign_up, "plans": Table(PLAN_COLUMNS, offered, _("套餐价格")),
            "steps": steps_of(None), "current": 3,
            "trial_days": min((offer.trial_days for offer in offered), default=0),
        }  # fmt: skip
        return render(request, "enrolment/plan.html", context, status=400 if form.errors else 200)

    return handle_part(request, form, Done("", reverse("join:progress", args=[ref])), action, show)


@require_safe
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    """How far the agency is built: asks itself anew until it is ready."""
    sign_up = _sign_up(ref)
    if sign_up.state in (State.UNVERIFIED, State.VERIFIED):
        return redirect(_next(sign_up))
    done = list(sign_up.steps)
    rows: list[dict[str, Any]] = []
    for step, (words, _act) in provisioning.STEPS.items():
        waits = sign_up.state == State.BUILDING and step not in done and not any(row["state"] == "now" for row in rows)
        rows.append({"words": words, "state": "done" if step in done else "now" if waits else "later"})
    took = (sign_up.ready_at - sign_up.queued_at).total_seconds() if sign_up.ready_at and sign_up.queued_at else None
    context: dict[str, Any] = {
        "sign_up": sign_up, "rows": rows, "took": took, "address": address_of(request, sign_up.slug),
        "steps": steps_of(sign_up.invitation), "current": len(steps_of(sign_up.invitation)), "State": State,
    }  # fmt: skip
    return page(request, "enrolment/progress.html", "enrolment/_progress.html", context)


def address_of(request: HttpRequest, slug: str) -> str:
    """Return the address of an agency's host, with the port one came by."""
    port = request.META.get("HTTP_HOST", "").rpartition(":")[2]
    host = f"{slug}.{settings.BASE_HOST}"
    return f"{request.scheme}://{host}:{port}" if port.isdigit() else f"{request.scheme}://{host}"


def steps_of(invitation: Invitation | None) -> list[str]:
    """Return the names of the pages, for the row of steps on top."""
    middle = [] if invitation else [_("选择套餐")]
    return [_("机构资料"), _("验证邮箱"), *middle, _("开通")]


def _next(sign_up: SignUp) -> str:
    """Return the page at which a sign-up stands."""
    page_of = {State.UNVERIFIED: "join:code", State.VERIFIED: "join:plan"}
    return reverse(page_of.get(State(sign_up.state), "join:progress"), args=[sign_up.ref])


def _propose(form: OrganisationForm) -> None:
    """Put a free host name beside a taken one."""
    if form.errors.get("slug") and (
        free := queries.free_slug(form.cleaned_data.get("name", ""), form.cleaned_data.get("region", ""))
    ):
        form.add_error("slug", _("可以用：%(slug)s") % {"slug": free})


def _count(request: HttpRequest, what: str, key: str = "") -> None:
    rates.count(request, what, most=LIMITS[what], seconds=HOUR, key=key)


def _sign_up(ref: str) -> SignUp:
    return get_object_or_404(SignUp.objects.select_related("invitation", "tenant"), ref=ref)
