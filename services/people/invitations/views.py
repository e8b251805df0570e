"""Invitations to colleagues: the list, inviting several, one with its link; and the invited person's own page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from accounts.roles import AGENCY_ROLES, BY_SLUG
from accounts.sign_in import rates
from common.files import workbook
from common.files.sheets import Unreadable, read_rows
from common.pages import tones
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.listing import Listing
from common.pages.notices import notify
from common.pages.table import Column, Table
from services.people.invitations import actions
from services.people.invitations.forms import InvitationFilter, JoinForm, PeopleForm
from services.people.models import StaffInvitation

State = StaffInvitation.State


def role_titles(row: StaffInvitation) -> str:
    return "、".join(str(BY_SLUG[slug].title) for slug in row.roles if slug in BY_SLUG)


def _state(row: StaffInvitation) -> State:
    return row.state_on(timezone.localdate())


COLUMNS = (
    Column("name", gettext_lazy("姓名"), sort="name", href=lambda row: reverse("joining:invitation", args=[row.ref])),
    Column("contact", gettext_lazy("邮箱或手机"), value=lambda row: row.email or row.phone),
    Column("roles", gettext_lazy("角色"), value=role_titles),
    Column("valid_until", gettext_lazy("有效期至"), sort="valid_until", wide=True),
    Column(
        "state", gettext_lazy("状态"), value=lambda row: _state(row).label, kind="state",
        tone=lambda row: tones.tone_of(_state(row)),
    ),
)  # fmt: skip
CHECKED = "_components/checked_cell.html"
READ_COLUMNS = (
    Column("number", gettext_lazy("行"), kind="number"),
    Column("name", gettext_lazy("姓名"), value=lambda row: (row.cells[0], row.problems.get("name")), template=CHECKED),
    Column(
        "contact", gettext_lazy("邮箱或手机"), value=lambda row: (row.cells[1], row.problems.get("contact")),
        template=CHECKED,
    ),
    Column("role", gettext_lazy("角色"), value=lambda row: (row.cells[2], row.problems.get("role")), template=CHECKED),
)  # fmt: skip


@require_safe
@allow(Permission.MEMBER_MANAGE)
def invitations(request: MemberRequest) -> HttpResponseBase:
    listing = Listing(
        request, StaffInvitation.objects.all(), columns=COLUMNS, order="-valid_until",
        search=("name", "email", "phone"), form=InvitationFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("同事邀请"))
    context = {
        "list": listing,
        "title": _("同事邀请"),
        "hint": _("姓名、邮箱或手机"),
        "act_href": reverse("joining:new"),
        "act_label": _("邀请同事"),
        "empty_title": _("还没有邀请"),
        "empty_text": _("粘贴名单或上传 Excel，一次邀请多名同事；每人凭自己的链接设置用户名和密码。"),
    }
    return render(request, "list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.MEMBER_MANAGE)
def new(request: MemberRequest) -> HttpResponse:
    """Lines are invited at once if all of them can be; a file's rows are shown as lines first."""
    form = PeopleForm(request.POST, request.FILES) if request.method == "POST" else PeopleForm()
    rows: list[actions.ReadLine] = []
    status = 400
    if request.method == "POST" and form.is_valid():
        role, file = form.cleaned_data["role"], form.cleaned_data["file"]
        try:
            cells = read_rows(file.read(), rows=actions.MOST + 1, columns=20) if file else None
            rows = actions.read(actions.lines(form.cleaned_data["lines"]) if cells is None else cells, role)
        except Unreadable as refusal:  # shown beside the file, with the status of a file that is too large or too slow
            form.add_error("file", refusal.reasons)
            status = refusal.status
        else:
            people = [row.invitee for row in rows if row.invitee]
            if cells is None and rows and len(people) == len(rows):
                return _invite(request, people)
            if not rows:
                form.add_error("lines" if cells is None else "file", _("请写至少一人。"))
            elif cells is not None:
                text = "\n".join("，".join(row.cells) for row in rows)
                form = PeopleForm(initial={"lines": text, "role": role})
    context = {
        "form": form, "rows": Table(READ_COLUMNS, rows, _("邀请名单")), "roles": AGENCY_ROLES,
        "broken": sum(not row.invitee for row in rows), "most": actions.MOST,
    }  # fmt: skip
    return render(request, "people/invite.html", context, status=status if form.errors else 200)


def _invite(request: MemberRequest, people: list[actions.Invitee]) -> HttpResponse:
    invitations = actions.invite(people=people, address=_address(request), agency=request.tenant_name, by=request.user)
    notify(request, _("已邀请 %(n)d 人。没有邮箱的，请打开邀请，把链接发给本人。") % {"n": len(invitations)})
    if len(invitations) == 1:
        return redirect("joining:invitation", ref=invitations[0].ref)
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
    invitation = _of(ref)
    state = _state(invitation)
    context = {
        "invitation": invitation,
        "state": state,
        "link": f"{_address(request)}{reverse('joining:join', args=[actions.token(invitation)])}",
        "facts": [
            (_("邮箱"), invitation.email), (_("手机"), invitation.phone), (_("角色"), role_titles(invitation)),
            (_("有效期至"), invitation.valid_until),
        ],
        "crumbs": [(_("成员与角色"), reverse("members:list")), (_("同事邀请"), reverse("joining:list")),
                   (invitation.name, "")],
    }  # fmt: skip
    return render(request, "people/invitation.html", context)


@allow(Permission.MEMBER_MANAGE)
@act(back="joining:invitation")
def send_again(request: MemberRequest, ref: str) -> Done:
    actions.send_again(
        invitation=_of(ref), address=_address(request), agency=request.tenant_name, by=request.user
    )  # fmt: skip
    return Done(_("新的链接已生成，以前的链接不再有效。"))


@allow(Permission.MEMBER_MANAGE)
@act(back="joining:invitation")
def take_back(request: MemberRequest, ref: str) -> Done:
    actions.take_back(invitation=_of(ref), by=request.user)
    return Done(_("邀请已收回，链接不再有效。"), undo=reverse("joining:offer_again", args=[ref]))


@allow(Permission.MEMBER_MANAGE)
@act(back="joining:invitation")
def offer_again(request: MemberRequest, ref: str) -> Done:
    actions.offer_again(invitation=_of(ref), by=request.user)
    return Done(_("邀请已恢复。"))


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person's page: choose a username and a password, once."""
    invitation = actions.of_token(token)
    if invitation is None:
        raise Http404
    state = _state(invitation)
    waits = state == State.SENT
    form = JoinForm(request.POST or None if waits else None)

    def action(data: dict[str, Any]) -> None:
        # Counted by address and by name: a link that leaked must not become a way to try passwords of known names.
        rates.count(request, "welcome", most=30, seconds=3600)
        rates.count(request, "welcome-name", most=10, seconds=3600, key=data["username"].lower())
        actions.join(invitation=invitation, **data)

    def show() -> HttpResponse:
        context = {"form": form, "invitation": invitation, "waits": waits, "state": state,
                   "roles": role_titles(invitation)}  # fmt: skip
        return render(request, "people/join.html", context, status=400 if form.errors else 200)

    done = Done(_("已加入，请用您的用户名和密码登录。"), reverse("account_login"))
    return handle_part(request, form, done, action, show)


def _of(ref: str) -> StaffInvitation:
    return get_object_or_404(StaffInvitation, ref=ref)


def _address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
