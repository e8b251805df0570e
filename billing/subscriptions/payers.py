"""Who pays for an agency: accounts of agencies and bureaus, and which of them covers whom."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from billing.models import Account, Cover
from common.refusals import RefusedFields
from tenants.models import Tenant


@transaction.atomic
def open_own_account(*, tenant: Tenant, email: str = "", by: User | None) -> Account:
    """Return the agency's own account, made if it has none, with its invoice title filled in from its registration."""
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    account = Account.objects.filter(tenant=tenant).first()
    if account is None:
        account = Account.objects.create(
            kind=Account.Kind.AGENCY,
            name=tenant.name,
            tenant=tenant,
            email=email,
            title=tenant.name,
            tax_number=tenant.credit_code,
        )
        log.write("billing.account.opened", on=account, by=by, tenant=tenant.slug)
    return account


@transaction.atomic
def open_bureau_account(*, name: str, area: str, email: str = "", by: User | None) -> Account:
    """Return the account of the bureau of this division (`area`, a district's or city's code), made if it has none."""
    account = Account.objects.select_for_update().filter(kind=Account.Kind.BUREAU, area=area).first()
    if account is None:
        account = Account.objects.create(kind=Account.Kind.BUREAU, name=name, area=area, email=email, title=name)
        log.write("billing.account.opened", on=account, by=by, area=area)
    return account


@transaction.atomic
def cover(*, tenant: Tenant, account: Account, by: User | None) -> Cover:
    """Let this account pay for the agency from today on, instead of who did before."""
    made, _is_new = Cover.objects.update_or_create(
        tenant=tenant, defaults={"account": account, "since": timezone.localdate()}
    )
    log.write("billing.cover.given", on=tenant, by=by, account=account.ref)
    return made


@transaction.atomic
def cover_by_slug(*, slug: str, account: Account, by: User) -> Cover:
    """Let this account pay for the agency of that host name, as the operator asks for it.

    :raises RefusedFields: if no agency has the name.
    """
    tenant = Tenant.objects.exclude(state=Tenant.State.DELETED).filter(slug=slug).first()
    if tenant is None:
        raise RefusedFields({"slug": [_("没有这个机构。")]})
    return cover(tenant=tenant, account=account, by=by)
