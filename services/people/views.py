"""Staff: the list, one file, taking on, posting, certificates, leaving; and one's own page."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import allow, can, signed_in, standing
from accounts.models import User
from accounts.permissions import Permission
from accounts.roles import BY_SLUG
from common.listing import Column, Listing
from common.notices import say
from common.refusals import Refused
from services.people import actions
from services.people.access import get_staff, staff_of
from services.people.forms import CertificateForm, EndForm, PostingForm, StaffFilter, StaffForm
from services.people.models import Posting, Staff

COLUMNS = [
    Column("name", gettext_lazy("姓名"), sort="name_key"),
    Column(
        "employment", gettext_lazy("用工形式"), sort="employment", value=lambda staff: staff.get_employment_display()
    ),
    Column(
        "posts",
        gettext_lazy("在岗站点"),
        value=lambda staff: "、".join(each.site.name for each in staff.postings.all()),
    ),
    Column(
        "certificates",
        gettext_lazy("证书"),
        value=lambda staff: "、".join(each.get_kind_display() for each in staff.certificates.all()),
        wide=True,
    ),
    Column("started_on", gettext_lazy("入职日期"), sort="started_on", wide=True),
    Column("state", gettext_lazy("状态"), value=lambda staff: _("已离职") if staff.ended_on else _("在职")),
]


@allow(Permission.STAFF_VIEW)
def staff_list(request: HttpRequest) -> HttpResponseBase:
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
        "list": listing,
        "title": _("人员"),
        "hint": _("姓名、拼音或首字母"),
        "act_href": reverse("people:new") if can(request, Permission.STAFF_MANAGE) else "",
        "act_label": _("登记人员"),
        "empty_title": _("还没有人员"),
        "empty_text": _("登记人员并安排岗位后，站点的人员配备会自动计数。"),
    }
    return render(request, "people/list.html", context)


@allow(Permission.STAFF_VIEW)
def staff(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_staff(request, ref, Permission.STAFF_VIEW)
    context = {
        "staff": found,
        "postings": found.postings.select_related("site").order_by("-started_on"),
        "certificates": found.certificates.all(),
        "crumbs": [(_("人员"), reverse("people:list")), (found.name, "")],
    }
    return render(request, "people/staff.html", context)


@allow(Permission.STAFF_MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.take_on(**form.cleaned_data, user=None, by=_user(request))
        except Refused as no:
            form.refuse(no)
        else:
            say(request, _("人员已登记，请安排岗位。"))
            return redirect("people:post", ref=found.ref)
    return _form(request, form, _("登记人员"), _("登记人员"), reverse("people:list"))


@allow(Permission.STAFF_MANAGE)
def post(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_staff(request, ref, Permission.STAFF_MANAGE)
    form = PostingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.post(staff=found, **form.cleaned_data, by=_user(request))
        except Refused as no:
            form.refuse(no)
        else:
            say(request, _("岗位已安排。"))
            return redirect("people:staff", ref=found.ref)
    return _form(request, form, found.name, _("安排岗位"), reverse("people:staff", args=[found.ref]))


@allow(Permission.STAFF_MANAGE)
def end_posting(request: HttpRequest, ref: str, posting: str) -> HttpResponse:
    found = get_staff(request, ref, Permission.STAFF_MANAGE)
    held = get_object_or_404(found.postings.select_related("site__parent__parent__parent", "staff"), ref=posting)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_posting(posting=held, ended_on=form.cleaned_data["ended_on"], by=_user(request))
        except Refused as no:
            form.refuse(no)
        else:
            say(request, _("岗位已结束。"))
            return redirect("people:staff", ref=found.ref)
    title = _("结束%(name)s在%(site)s的岗位") % {"name": found.name, "site": held.site.name}
    return _form(request, form, title, _("结束岗位"), reverse("people:staff", args=[found.ref]))


@allow(Permission.STAFF_MANAGE)
def certificate(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_staff(request, ref, Permission.STAFF_MANAGE)
    form = CertificateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.note_certificate(staff=found, **form.cleaned_data, by=_user(request))
        say(request, _("证书已登记。"))
        return redirect("people:staff", ref=found.ref)
    return _form(request, form, found.name, _("登记证书"), reverse("people:staff", args=[found.ref]))


@allow(Permission.STAFF_MANAGE)
def leave(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_staff(request, ref, Permission.STAFF_MANAGE)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_go(staff=found, ended_on=form.cleaned_data["ended_on"], by=_user(request))
        except Refused as no:
            form.refuse(no)
        else:
            say(request, _("离职已登记，岗位同时结束。"))
            return redirect("people:staff", ref=found.ref)
    title = _("登记%(name)s离职") % {"name": found.name}
    return _form(request, form, title, _("登记离职"), reverse("people:staff", args=[found.ref]))


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """One's own page: who I am here, my posts, my roles."""
    mine = staff_of(request)
    context = {
        "staff": mine,
        "postings": mine.postings.select_related("site").filter(ended_on=None) if mine else [],
        "roles": [BY_SLUG[slug].title for slug in sorted(standing(request).roles) if slug in BY_SLUG],
    }
    return render(request, "people/me.html", context)


def _form(request: HttpRequest, form: object, title: str, submit: str, cancel: str) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "cancel": cancel}
    return render(request, "form_page.html", context)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
