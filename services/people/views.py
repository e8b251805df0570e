"""Staff: the list, one file, taking on, posting, certificates, leaving; and one's own page."""

from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import MemberRequest, access_of, allow, can, signed_in
from accounts.permissions import Permission
from accounts.roles import BY_SLUG
from common.pages import tones
from common.pages.form_page import FormPage, handle_form
from common.pages.listing import Listing
from common.pages.table import Column, Table, label
from services.network import programmes
from services.network.models import Site
from services.people import actions
from services.people.access import get_staff, staff_of
from services.people.forms import CertificateForm, EndForm, PostingForm, StaffFilter, StaffForm
from services.people.models import Posting, Staff

SHORT_SHOWN = 5
COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="name_key", href=lambda staff: reverse("people:staff", args=[staff.ref])),
    Column("employment", gettext_lazy("用工形式"), sort="employment", value=label("employment")),
    Column(
        "posts",
        gettext_lazy("在岗站点"),
        value=lambda staff: "、".join(posting.site.name for posting in staff.postings.all()),
    ),
    Column(
        "certificates",
        gettext_lazy("证书"),
        value=lambda staff: "、".join(certificate.get_kind_display() for certificate in staff.certificates.all()),
        wide=True,
    ),
    Column("started_on", gettext_lazy("入职日期"), sort="started_on", wide=True),
    Column(
        "state",
        gettext_lazy("状态"),
        value=lambda staff: _("已离职") if staff.ended_on else _("在职"),
        kind="state",
        tone=lambda staff: tones.QUIET if staff.ended_on else tones.GOOD,
    ),
]
POSTING_COLUMNS = [
    Column(
        "site",
        gettext_lazy("站点"),
        value=lambda posting: posting.site.name,
        href=lambda posting: reverse("network:station", args=[posting.site.ref]),
    ),
    Column("post", gettext_lazy("岗位"), value=label("post")),
    Column("started_on", gettext_lazy("到岗日期")),
    Column("ended_on", gettext_lazy("离岗日期")),
    Column("acts", gettext_lazy("操作"), kind="acts", template="people/_posting_acts.html"),
]


@allow(Permission.STAFF_VIEW)
def staff_list(request: MemberRequest) -> HttpResponseBase:
    now = Posting.objects.filter(Q(ended_on=None) | Q(ended_on__gte=timezone.localdate())).select_related("site")
    rows = Staff.objects.prefetch_related(Prefetch("postings", queryset=now), "certificates")
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        order="name",
        search=["name_key", "pinyin", "initials"],
        form=StaffFilter(request.GET),
    )
    if listing.wants_export:
        return listing.export(_("人员"))
    context = {
        **_staffing(),
        "list": listing,
        "title": _("人员"),
        "hint": _("姓名、拼音或首字母"),
        "act_href": reverse("people:new") if can(request, Permission.STAFF_MANAGE) else "",
        "act_label": _("登记人员"),
        "empty_title": _("还没有人员"),
        "empty_text": _("登记人员并安排岗位后，站点的人员配备会自动计数。"),
    }
    return render(request, "people/list.html", context)


def _staffing() -> dict[str, Any]:
    """Return which open stations fall short of the chosen programme's staffing rules, and of which."""
    today = timezone.localdate()
    programme = programmes.chosen(today)
    if programme is None or not programme.staffing:
        return {}
    sites = {site.pk: site for site in Site.objects.open()}
    checked = programmes.staffing(programme, sites.values(), today)
    short = [(sites[pk], [check.rule for check in checks if not check.is_met]) for pk, checks in checked.items()]
    lacking = [(site, rules) for site, rules in short if rules]
    return {
        "programme": programme,
        "lacking": lacking[:SHORT_SHOWN],
        "lacking_all": len(lacking),
        "checked": len(checked),
    }


@allow(Permission.STAFF_VIEW)
def staff(request: MemberRequest, ref: str) -> HttpResponse:
    person = get_staff(request, ref, Permission.STAFF_VIEW)
    context = {
        "staff": person,
        "postings": Table(
            POSTING_COLUMNS, list(person.postings.select_related("site").order_by("-started_on")), _("岗位")
        ),
        "certificates": person.certificates.all(),
        "crumbs": [(_("人员"), reverse("people:list")), (person.name, "")],
    }
    return render(request, "people/staff.html", context)


@allow(Permission.STAFF_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    page = FormPage(_("登记人员"), _("登记人员"), _("人员已登记，请安排岗位。"), reverse("people:list"))

    def action(data: dict[str, Any]) -> str:
        person = actions.take_on(**data, user=None, by=request.user)
        return reverse("people:post", args=[person.ref])

    return handle_form(request, StaffForm(request.POST or None), page, action)


@allow(Permission.STAFF_MANAGE)
def post(request: MemberRequest, ref: str) -> HttpResponse:
    person = get_staff(request, ref, Permission.STAFF_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.post(staff=person, **data, by=request.user)

    return handle_form(
        request, PostingForm(request.POST or None), _page(person, _("安排岗位"), _("岗位已安排。")), action
    )


@allow(Permission.STAFF_MANAGE)
def end_posting(request: MemberRequest, ref: str, posting_ref: str) -> HttpResponse:
    person = get_staff(request, ref, Permission.STAFF_MANAGE)
    posting = get_object_or_404(
        person.postings.select_related("site__parent__parent__parent", "staff"), ref=posting_ref
    )

    def action(data: dict[str, Any]) -> None:
        actions.end_posting(posting=posting, **data, by=request.user)

    page = _page(person, _("结束岗位"), _("岗位已结束。"), posting.site.name)
    return handle_form(request, EndForm(request.POST or None), page, action)


@allow(Permission.STAFF_MANAGE)
def certificate(request: MemberRequest, ref: str) -> HttpResponse:
    person = get_staff(request, ref, Permission.STAFF_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.note_certificate(staff=person, **data, by=request.user)

    return handle_form(
        request, CertificateForm(request.POST or None), _page(person, _("登记证书"), _("证书已登记。")), action
    )


@allow(Permission.STAFF_MANAGE)
def leave(request: MemberRequest, ref: str) -> HttpResponse:
    person = get_staff(request, ref, Permission.STAFF_MANAGE)

    def action(data: dict[str, Any]) -> None:
        actions.let_go(staff=person, **data, by=request.user)

    page = _page(person, _("登记离职"), _("离职已登记，岗位同时结束。"))
    return handle_form(request, EndForm(request.POST or None), page, action)


@signed_in
def me(request: MemberRequest) -> HttpResponse:
    """One's own page: who I am here, my posts, my roles."""
    mine = staff_of(request)
    context = {
        "staff": mine,
        "postings": mine.postings.select_related("site").filter(ended_on=None) if mine else [],
        "roles": [BY_SLUG[slug].title for slug in sorted(access_of(request).roles) if slug in BY_SLUG],
    }
    return render(request, "people/me.html", context)


def _page(person: Staff, submit: str, done: str, text: str = "") -> FormPage:
    return FormPage(person.name, submit, done, reverse("people:staff", args=[person.ref]), text)
