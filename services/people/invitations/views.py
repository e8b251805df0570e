"""Invitations to colleagues: the list, inviting several, one with its link; and the invited person's own page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from accounts.roles import AGENCY_ROLES, BY_SLUG
from accounts.sign_in import rates
from common.files import workbook
from common.files.sheets import Unreadable, read_rows
from common.pages.listing import Listing
from common.pages.notices import notify, show_refusal
from common.pages.table import Column
from common.refusals import Refused
from services.people.invitations import actions
from services.people.invitations.forms import InvitationFilter, JoinForm, PeopleForm
from services.people.models import StaffInvitation

State = StaffInvitation.State


def role_titles(row: StaffInvitation) -> str:
    return "、".join(str(BY_SLUG[slug].title) for slug in row.roles if slug in BY_SLUG)


COLUMNS = (
    Column("name", gettext_lazy("姓名"), sort="name"),
    Column("contact", gettext_lazy("邮箱或手机"), value=lambda row: row.email or row.phone),
    Column("roles", gettext_lazy("角色"), value=role_titles),
    Column("valid_until", gettext_lazy("有效期至"), sort="valid_until", wide=True),
    Column("state", gettext_lazy("状态"), value=lambda row: row.state_on(timezone.localdate()).label),
)


@require_safe
@allow(Permission.MEMBER_MANAGE)
def invitations(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(
        request, StaffInvitation.objects.all(), columns=COLUMNS, order="-valid_until",
        search=("name", "email", "phone"), form=InvitationFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("同事邀请"))
    today = timezone.localdate()
    context = {
        "list": listing,
        "states": {row.pk: row.state_on(today) for row in listing},
        "roles": {row.pk: role_titles(row) for row in listing},
        "title": _("同事邀请"),
        "hint": _("姓名、邮箱或手机"),
        "act_href": reverse("joining:new"),
        "act_label": _("邀请同事"),
        "empty_title": _("还没有邀请"),
        "empty_text": _("粘贴名单或上传 Excel，一次邀请多名同事；每人凭自己的链接设置用户名和密码。"),
    }
    return render(request, "people/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.MEMBER_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    """Lines are invited at once if all of them can be; a file's rows are shown as lines first."""
    form = PeopleForm(request.POST, request.FILES) if request.method == "POST" else PeopleForm()
    rows: list[actions.Row] = []
    status = 400
    if request.method == "POST" and form.is_valid():
        role, file = form.cleaned_data["role"], form.cleaned_data["file"]
        try:
            cells = read_rows(file.read(), rows=actions.MOST + 1, columns=20) if file else None
            rows = actions.read(actions.lines(form.cleaned_data["lines"]) if cells is None else cells, role)
        except Unreadable as refusal:
            form.add_error("file", refusal.reasons)
            status = refusal.status
        else:
            ready = [row.asked for row in rows if row.asked]
            if cells is None and rows and len(ready) == len(rows):
                return _invite(request, ready)
            if not rows:
                form.add_error("lines" if cells is None else "file", _("请写至少一人。"))
            elif cells is not None:
                text = "\n".join("，".join(row.cells) for row in rows)
                form = PeopleForm(initial={"lines": text, "role": role})
    context = {
        "form": form, "rows": rows, "broken": sum(not row.asked for row in rows), "roles": AGENCY_ROLES,
        "most": actions.MOST,
    }  # fmt: skip
    return render(request, "people/invite.html", context, status=status if form.errors else 200)


def _invite(request: MemberRequest, people: list[actions.Asked]) -> HttpResponse:
    made = actions.invite(people=people, address=_address(request), agency=_agency(request), by=request.user)
    notify(request, _("已邀请 %(n)d 人。没有邮箱的，请打开邀请，把链接发给本人。") % {"n": len(made)})
    if len(made) == 1:
        return redirect("joining:invitation", ref=made[0].ref)
    return redirect("joining:list")


@require_safe
@allow(Permission.MEMBER_MANAGE)
def template(request: MemberRequest) -> HttpResponse:
    """The Excel file to fill in, with an example."""
    heads = [_("姓名"), _("邮箱或手机"), _("角色")]
    return workbook.answer(_("邀请名单模板"), heads, [("李社工", "li@example.org", str(BY_SLUG["worker"].title))])


@require_safe
@allow(Permission.MEMBER_MANAGE)
def invitation(request: MemberRequest, ref: str) -> HttpResponse:
    found = _of(ref)
    state = found.state_on(timezone.localdate())
    context = {
        "invitation": found,
        "state": state,
        "link": f"{_address(request)}{reverse('joining:join', args=[actions.token(found)])}",
        "facts": [
            (_("邮箱"), found.email), (_("手机"), found.phone), (_("角色"), role_titles(found)),
            (_("有效期至"), found.valid_until),
        ],
        "crumbs": [(_("成员与角色"), reverse("members:list")), (_("同事邀请"), reverse("joining:list")),
                   (found.name, "")],
    }  # fmt: skip
    return render(request, "people/invitation.html", context)


@require_POST
@allow(Permission.MEMBER_MANAGE)
def send_again(request: MemberRequest, ref: str) -> HttpResponse:
    found = _of(ref)
    try:
        actions.send_again(
            invitation=found, address=_address(request), agency=_agency(request), by=request.user
        )  # fmt: skip
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("新的链接已生成，以前的链接不再有效。"))
    return redirect("joining:invitation", ref=ref)


@require_POST
@allow(Permission.MEMBER_MANAGE)
def take_back(request: MemberRequest, ref: str) -> HttpResponse:
    try:
        actions.take_back(invitation=_of(ref), by=request.user)
    except Refused as refusal:
        show_refusal(request, refusal)
    else:
        notify(request, _("邀请已收回，链接不再有效。"), undo=reverse("joining:offer_again", args=[ref]))
    return redirect("joining:invitation", ref=ref)


@require_POST
@allow(Permission.MEMBER_MANAGE)
def offer_again(request: MemberRequest, ref: str) -> HttpResponse:
    actions.offer_again(invitation=_of(ref), by=request.user)
    notify(request, _("邀请已恢复。"))
    return redirect("joining:invitation", ref=ref)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person's page: choose a username and a password, once."""
    found = actions.of_token(token)
    if found is None:
        raise Http404
    state = found.state_on(timezone.localdate())
    form = JoinForm(request.POST or None)
    if request.method == "POST" and state == State.SENT and form.is_valid():
        said = form.cleaned_data
        try:
            rates.count(request, "welcome", most=30, seconds=3600)
            rates.count(request, "welcome-name", most=10, seconds=3600, key=said["username"].lower())
            actions.join(invitation=found, **said)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            notify(request, _("已加入，请用您的用户名和密码登录。"))
            return redirect("account_login")
    context: dict[str, Any] = {"form": form, "invitation": found, "waits": state == State.SENT, "state": state,
                               "roles": role_titles(found)}  # fmt: skip
    return form.answered(render(request, "people/join.html", context, status=400 if form.errors else 200))


def _of(ref: str) -> StaffInvitation:
    return get_object_or_404(StaffInvitation, ref=ref)


def _address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _agency(request: MemberRequest) -> str:
    return request.tenant_name
