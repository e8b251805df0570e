"""Invitations to colleagues: read from lines or a table, sent, taken back, and accepted once."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.roles import AGENCY_ROLES, BY_SLUG
from common import tokens
from common.refusals import Conflict, Refused, RefusedFields
from common.texts.identity import phone_number
from common.texts.names import name_problems
from letters import actions as mail
from services.journal import log
from services.people import actions
from services.people.models import Staff, StaffInvitation
from tenants.agencies import actions as agencies
from tenants.models import Tenant
from tenants.running import current_slug

PURPOSE: Final = "staff-invitation"
VALID_DAYS: Final = 14  # long enough for somebody on leave, short enough that a forwarded link dies by itself
MOST: Final = 200  # at once: as many mails go out in one transaction
HEADS: Final = ("姓名", "名字", "name")
ROLE_SPLIT: Final = re.compile(r"[、/+＋;；|]")
CELL_SPLIT: Final = re.compile(r"\t|,|，")


class CannotJoin(RefusedFields):
    """The login cannot be made, or it is somebody else's."""


class Spent(Conflict):
    """The invitation has been used, taken back or is out of date."""


@dataclass(frozen=True)
class Invitee:
    """One person to invite: `roles` are slugs; without mail the link is handed over."""

    name: str
    email: str
    phone: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class ReadLine:
    """A line as it was read: its cells, and beside which of them something is wrong (name, contact, role)."""

    number: int
    cells: tuple[str, str, str]
    invitee: Invitee | None
    problems: dict[str, str]


def read(rows: Sequence[Sequence[Any]], default_role: str = "") -> list[ReadLine]:
    """Read (name, mail or phone, role) rows; a first row of heads and empty rows are passed over.

    A role may be its title or its slug, several with 、; left empty it is `default_role`.
    """
    lines: list[ReadLine] = []
    # Both those invited before and those read above: one person gets one link.
    waiting = set(_waiting())
    for number, cells in enumerate(rows, start=1):
        name, contact, role = ([str(cell or "").strip() for cell in cells] + ["", "", ""])[:3]
        if not (name or contact) or (number == 1 and name.lower() in HEADS):
            continue
        row = _read(number, name, contact.removesuffix(".0"), role, default_role)
        if row.invitee:
            key = row.invitee.email or row.invitee.phone
            if key and key in waiting:
                row = ReadLine(row.number, row.cells, None, {"contact": _("已经邀请过，或在上面重复。")})
            waiting.add(key)
        lines.append(row)
    return lines


def lines(text: str) -> list[list[str]]:
    """Split pasted text into rows: tabs or commas between cells."""
    return [CELL_SPLIT.split(line) for line in text.splitlines()[: MOST + 1]]


def _waiting() -> list[str]:
    today = timezone.localdate()
    rows = StaffInvitation.objects.filter(joined_at=None, taken_back_at=None, valid_until__gte=today)
    return [contact for pair in rows.values_list("email", "phone") for contact in pair if contact]


def _read(number: int, name: str, contact: str, role: str, default_role: str) -> ReadLine:
    problems: dict[str, str] = {}
    if wrong := name_problems(name):
        problems["name"] = wrong[0]
    email = phone = ""
    if "@" in contact:
        try:
            validate_email(contact)
            email = contact.lower()
        except ValidationError:
            problems["contact"] = _("邮箱格式不对。")
    elif contact:
        try:
            phone = phone_number(contact)
        except ValueError as refusal:
            problems["contact"] = str(refusal)
    slugs = []
    for title in filter(None, (part.strip() for part in ROLE_SPLIT.split(role or default_role))):
        slug = _role(title)
        if slug:
            slugs.append(slug)
        else:
            problems["role"] = _("没有“%(role)s”这个角色。") % {"role": title[:20]}
    if not slugs and "role" not in problems:
        problems["role"] = _("请写角色。")
    invitee = None if problems else Invitee(name, email, phone, tuple(sorted(set(slugs))))
    name, contact, role = (cell.replace("\x00", "") for cell in (name, contact, role))  # a page cannot show it
    return ReadLine(number, (name[:60], contact[:80], role[:60]), invitee, problems)


def _role(title: str) -> str:
    for role in AGENCY_ROLES:
        if title in (role.slug, str(role.title)):
            return role.slug
    return ""


@transaction.atomic
def invite(*, people: Sequence[Invitee], address: str, agency: str, by: User) -> list[StaffInvitation]:
    """Invite these people, all or none; who has a mail address is written to.

    :param address: the agency's own host with its scheme, for the links.

    :raises Refused: for nobody, or more than 200 at once.
    """
    if not 1 <= len(people) <= MOST:
        raise Refused(_("一次可邀请 1 至 %(n)d 人。") % {"n": MOST})
    until = timezone.localdate() + dt.timedelta(days=VALID_DAYS)
    invitations = []
    for invitee in people:
        invitation = StaffInvitation(
            name=invitee.name, email=invitee.email, phone=invitee.phone, roles=list(invitee.roles), valid_until=until,
            made_by=by.ref,
        )  # fmt: skip
        invitation.digest = tokens.digest(token(invitation))
        invitation.save()
        _write(invitation, address, agency)
        log.write("people.invitation.sent", on=invitation, by=by, roles=list(invitee.roles))
        invitations.append(invitation)
    return invitations


def token(invitation: StaffInvitation) -> str:
    """Return the token of the link that was given out last."""
    return tokens.token_of(f"{PURPOSE}:{current_slug()}", invitation.ref, invitation.issue)


def of_token(text: str) -> StaffInvitation | None:
    """Return this agency's invitation whose newest link holds the token, whatever its state.

    The token is worked out anew for the agency we are in: in a schema put back from another agency's copy the rows are
    that agency's, and its links open nothing here.
    """
    if len(text) != tokens.LENGTH:
        return None
    invitation = StaffInvitation.objects.filter(digest=tokens.digest(text)).first()
    return invitation if invitation and constant_time_compare(token(invitation), text) else None


@transaction.atomic
def send_again(*, invitation: StaffInvitation, address: str, agency: str, by: User) -> None:
    """Give out a new link for 14 days; the one before opens nothing any more.

    :raises Spent: once the person has joined or the invitation was taken back.
    """
    locked = _locked(invitation)
    if locked.joined_at or locked.taken_back_at:
        raise Spent(_("此人已加入或邀请已收回，不能再发。"))
    locked.issue += 1
    locked.digest = tokens.digest(token(locked))
    locked.valid_until = timezone.localdate() + dt.timedelta(days=VALID_DAYS)
    locked.save(update_fields=["issue", "digest", "valid_until"])
    _write(locked, address, agency)
    log.write("people.invitation.sent_again", on=locked, by=by, issue=locked.issue)


@transaction.atomic
def take_back(*, invitation: StaffInvitation, by: User) -> None:
    """Take an invitation back: its link opens nothing any more.

    :raises Spent: once the person has joined.
    """
    locked = _locked(invitation)
    if locked.joined_at:
        raise Spent(_("此人已经加入；如需停用，请在成员页办理。"))
    if locked.taken_back_at is None:
        locked.taken_back_at = timezone.now()
        locked.save(update_fields=["taken_back_at"])
        log.write("people.invitation.taken_back", on=locked, by=by)


@transaction.atomic
def offer_again(*, invitation: StaffInvitation, by: User) -> None:
    """Undo a taking back: the same link holds again."""
    StaffInvitation.objects.filter(pk=invitation.pk).update(taken_back_at=None)
    log.write("people.invitation.offered_again", on=invitation, by=by)


@transaction.atomic
def join(*, invitation: StaffInvitation, username: str, password: str) -> User:
    """Make the person's login, or take the one they prove to be theirs, and make them a member with a staff file.

    A staff file is opened if a role records services; posts are given by the director afterwards.

    :raises Spent: unless the invitation waits: one link lets one person in.
    :raises CannotJoin: for a weak password, or a username of somebody else.
    """
    locked = _locked(invitation)
    today = timezone.localdate()
    if locked.state_on(today) != StaffInvitation.State.SENT:
        raise Spent(_("这个邀请链接不再有效，请向本机构的负责人再要一个。"))
    user = _login(locked, username, password)
    tenant = Tenant.objects.get(slug=current_slug())
    roles_before = user.memberships.filter(tenant=tenant, is_active=True).values_list("roles", flat=True).first() or []
    agencies.give_roles(user=user, tenant=tenant, roles={*roles_before, *locked.roles}, by=user)
    if works_with_clients(locked.roles) and not Staff.objects.filter(user_id=user.pk).exists():
        employment = Staff.Employment.INTERN if locked.roles == ["intern"] else Staff.Employment.FULL_TIME
        actions.take_on(name=locked.name, employment=employment, started_on=today, user=user, by=user)
    locked.joined_at, locked.joined_by = timezone.now(), user.ref
    locked.save(update_fields=["joined_at", "joined_by"])
    log.write("people.invitation.joined", on=locked, by=user)
    return user


def works_with_clients(roles: Sequence[str]) -> bool:
    """Tell whether one of these roles records services, and so needs a staff file."""
    return any(Permission.RECORD_WRITE in BY_SLUG[slug].permissions for slug in roles if slug in BY_SLUG)


def _login(invitation: StaffInvitation, username: str, password: str) -> User:
    user = User.objects.filter(username__iexact=username).first()
    if user:
        if not user.is_active or not user.check_password(password):
            raise CannotJoin({"username": [_("这个用户名已被使用，请换一个；如果是您自己的账号，请填写它的密码。")]})
        return user
    person = User(username=username, name=invitation.name, email=invitation.email)
    person.known_words = (invitation.phone,)
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise CannotJoin({"password": weak.messages}) from None
    return User.objects.create_user(username, password, name=invitation.name, email=invitation.email)


def _write(invitation: StaffInvitation, address: str, agency: str) -> None:
    if not invitation.email:
        return
    context = {"name": invitation.name, "agency": agency, "link": f"{address}/welcome/{token(invitation)}/",
               "until": invitation.valid_until}  # fmt: skip
    key = f"staff:{current_slug()}:{invitation.ref}:{invitation.issue}"
    mail.write(to=invitation.email, kind="staff_invitation", context=context, key=key)


def _locked(invitation: StaffInvitation) -> StaffInvitation:
    # Joining, sending again and taking back wait for one another here: one link lets one person in.
    return StaffInvitation.objects.select_for_update().get(pk=invitation.pk)
