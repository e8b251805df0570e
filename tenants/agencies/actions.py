"""Open, suspend and restore an agency; give and take roles in it. Leaving and deletion are in `tenants.departure`."""

import re
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.roles import AGENCY_ROLES
from accounts.sign_in import sign_ins
from audit import log
from common.refusals import Conflict, Refused
from tenants import keys
from tenants.agencies import blueprint
from tenants.backend.owner import as_owner
from tenants.departure import actions as departure
from tenants.models import RESERVED_SLUGS, SLUG_PATTERN, Domain, Membership, Tenant

DIRECTOR = "agency_director"


class CannotOpen(Refused):
    """The name, the host or the code of the new agency cannot be used."""


class CannotChangeState(Conflict):
    """The agency is not in a state from which this can be done."""


def opening_problems(slug: str, name: str) -> list[str]:
    """Return why an agency cannot be opened under this name; an empty list if it can."""
    problems = []
    if not re.fullmatch(SLUG_PATTERN, slug) or not 3 <= len(slug) <= 30 or slug.startswith("pg"):
        problems.append(_("网址名须以小写字母开头，只用小写字母、数字和连字符，3 至 30 个字符。"))
    elif slug in RESERVED_SLUGS:
        problems.append(_("这个网址名是保留的，请换一个。"))
    if not name.strip() or "\x00" in name:
        problems.append(_("请填写机构名称。"))
    return problems


@as_owner()
def open_agency(
    *, slug: str, name: str, region: str = "", credit_code: str = "", by: User | None = None, is_confirmed: bool = True
) -> Tenant:
    """Make the agency, its schema, key and host; it routes once its structure equals the blueprint's.

    Called on the shared floor. Safe to call again after a crash: an unfinished agency is finished.

    :param is_confirmed: whether the organisation was checked; one that signs itself up is not yet.
    :raises CannotOpen: if the name is taken, reserved or malformed.
    """
    tenant = register(slug=slug, name=name, region=region, credit_code=credit_code, by=by, is_confirmed=is_confirmed)
    provision(tenant)
    return tenant


def register(
    *, slug: str, name: str, region: str = "", credit_code: str = "", by: User | None = None, is_confirmed: bool = True
) -> Tenant:
    """Make the agency's row, key and host; `provision` builds its schema. An unfinished one is given back as it is.

    :raises CannotOpen: if the name is taken, reserved or malformed.
    """
    if problems := opening_problems(slug, name):
        raise CannotOpen(problems)
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant and tenant.state != Tenant.State.PROVISIONING:
        raise CannotOpen(_("这个网址名已被使用。"))
    if tenant is None:
        tenant = _register(slug, name, region, credit_code, by, is_confirmed)
    return tenant


def _register(slug: str, name: str, region: str, credit_code: str, by: User | None, is_confirmed: bool) -> Tenant:
    schema = f"t_{slug.replace('-', '_')[:28]}_{secrets.token_hex(4)}"
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(
                slug=slug,
                schema_name=schema,
                name=name.strip(),
                region=region,
                credit_code=credit_code,
                confirmed_at=timezone.now() if is_confirmed else None,
                confirmed_by=by.ref if by and is_confirmed else "",
            )
            keys.make_key(tenant)
            Domain.objects.create(host=f"{slug}.{settings.BASE_HOST}", tenant=tenant)
            log.write("tenants.tenant.registered", on=tenant, by=by)
    except IntegrityError as clash:
        if "tenant_credit_code_once" in str(clash):
            raise CannotOpen(_("这个统一社会信用代码的机构已经入驻。")) from None
        raise CannotOpen(_("这个网址名已被使用。")) from None
    return tenant


def provision(tenant: Tenant) -> None:
    """Replay the blueprint and let the agency route. One transaction: a crash leaves nothing half made."""
    with as_owner(), transaction.atomic():
        plan = blueprint.latest()
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        tenant.refresh_from_db()
        if tenant.state != Tenant.State.PROVISIONING:
            return
        blueprint.replay(plan, tenant.place)
        tenant.fingerprint = plan.fingerprint
        tenant.state = Tenant.State.ACTIVE
        tenant.save(update_fields=["fingerprint", "state"])
        log.write("tenants.tenant.opened", on=tenant, by=None)


def suspend(*, tenant: Tenant, reason: str, by: User | None) -> None:
    """Close the agency's host; its data stays.

    :raises CannotChangeState: unless it is active.
    """
    _move(tenant, {Tenant.State.ACTIVE}, Tenant.State.SUSPENDED, reason, by)


def restore(*, tenant: Tenant, by: User | None) -> None:
    """Open a suspended agency again, or let a leaving one stay.

    :raises CannotChangeState: if it is neither.
    """
    if Tenant.objects.filter(pk=tenant.pk, state=Tenant.State.LEAVING).exists():
        departure.cancel(tenant=tenant, by=by)
    else:
        _move(tenant, {Tenant.State.SUSPENDED}, Tenant.State.ACTIVE, "", by)


def give_roles(*, user: User, tenant: Tenant, roles: Iterable[str], by: User | None) -> Membership:
    """Make the person a member with exactly these roles.

    :raises Refused: for no role, or one that is not an agency's.
    """
    slugs = sorted(set(roles))
    if not slugs or not set(slugs) <= {role.slug for role in AGENCY_ROLES}:
        raise Refused(_("请选择机构内的角色。"))
    with transaction.atomic():
        member, _made = Membership.objects.update_or_create(
            user=user, tenant=tenant, defaults={"roles": slugs, "is_active": True}
        )
        log.write("tenants.membership.given", on=member, by=by, roles=slugs, tenant=tenant.slug)
    return member


@transaction.atomic
def add_member(
    *, tenant: Tenant, username: str, name: str, password: str, roles: Iterable[str], by: User | None
) -> Membership:
    """Make a login, or take the existing one, and give it roles here.

    :raises Refused: if the login is new and no password was given, or for no role.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        if not password:
            raise Refused(_("这是新账号，请设置初始密码。"))
        user = User.objects.create_user(username, password, name=name)
    return give_roles(user=user, tenant=tenant, roles=roles, by=by)


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Give a person a new password, and end every session and token they hold, on every host.

    The platform does this and no agency: a login may open several.

    :raises Refused: with the reasons why the password is too weak.
    """
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refused(weak.messages) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    ApiToken.objects.filter(user=user).delete()
    sign_ins.end_others(user)
    log.write("accounts.user.password_set", on=user, by=by)


@transaction.atomic
def change_roles(*, member: Membership, roles: Iterable[str], by: User | None) -> None:
    """Give a member exactly these roles.

    :raises Refused: for no role, or when the agency would be left without a director.
    """
    slugs = set(roles)
    if DIRECTOR not in slugs:
        _keep_a_director(member)
    give_roles(user=member.user, tenant=member.tenant, roles=slugs, by=by)


@transaction.atomic
def close_membership(*, member: Membership, by: User | None) -> None:
    """Take all roles away at once; the person's own account stays.

    :raises Refused: when the agency would be left without a director.
    """
    _keep_a_director(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    log.write("tenants.membership.closed", on=member, by=by)


def _keep_a_director(leaving: Membership) -> None:
    """Refuse to let the last director go. The agency's row is locked, so that two cannot leave at once."""
    Tenant.objects.select_for_update().get(pk=leaving.tenant_id)
    directors = Membership.objects.filter(tenant=leaving.tenant_id, is_active=True, roles__contains=[DIRECTOR])
    if directors.filter(pk=leaving.pk).exists() and not directors.exclude(pk=leaving.pk).exists():
        raise Refused(_("机构至少要有一名负责人。"))


def _move(tenant: Tenant, sources: set[Tenant.State], to: Tenant.State, reason: str, by: User | None) -> None:
    with transaction.atomic():
        locked = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if locked.state not in sources:
            raise CannotChangeState(_("机构当前状态不能这样处理。"))
        tenant.state, tenant.state_reason = to, reason
        tenant.save(update_fields=["state", "state_reason"])
        log.write(f"tenants.tenant.{to}", on=tenant, by=by, before=locked.state)
