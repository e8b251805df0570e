"""Letters about money go to the payer: to the mail of its account, else to the agency's directors."""

from typing import Any

from accounts.models import User
from accounts.permissions import Permission
from billing.models import Account, Bill
from letters import actions as letters
from notifications import door as notifications
from tenants.addresses import address_of
from tenants.models import Membership, Tenant

DIRECTOR = "agency_director"


def tell(account: Account, kind: str, *, key: str, **context: Any) -> None:
    """Write the letter `kind` once to who pays (`templates/letters/<kind>.txt`); without any address it is kept."""
    letters.write(
        to=mail_of(account), kind=kind, key=key, context={"account": account, "where": page_of(account), **context}
    )


def told_of_bill(kind: str, bill: Bill, by: User | None, **words: Any) -> None:
    """Tell those who may pay it of a bill, in their inbox: bill.issued or bill.paid. The payer has the letter."""
    account = bill.account
    said: dict[str, Any] = {
        "kind": kind, "about": f"billing.bill:{bill.ref}", "args": [bill.ref], "by": by, "number": bill.number, **words
    }  # fmt: skip
    if account.tenant is not None:
        notifications.tell_agency(agency=account.tenant.slug, holding=Permission.PLAN_MANAGE, **said)
    else:
        notifications.tell_shared(to=notifications.officers(Permission.CONTRACT_MANAGE, account.area), **said)


def mail_of(account: Account) -> str:
    """Return the account's mail, or its agency's first director's, or ''."""
    if account.email or account.tenant_id is None:
        return account.email
    directors = User.objects.filter(
        memberships__in=Membership.objects.filter(tenant=account.tenant_id, is_active=True, roles__contains=[DIRECTOR])
    )
    return directors.exclude(email="").order_by("pk").values_list("email", flat=True).first() or ""


def page_of(account: Account) -> str:
    """Return where the payer reads and pays its bills."""
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=account.tenant_id) if account.tenant_id else ""
    return f"{address_of(slug)}/plan/"
