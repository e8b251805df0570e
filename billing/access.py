"""Who may see and change which account: an agency's director and finance its own, officers their bureau's, the
operator all."""

from django.http import Http404, HttpRequest

from accounts.access import access_of
from billing.models import Account, Bill, Cover
from tenants.running import current


def account_here(request: HttpRequest) -> Account | None:
    """Return the account that pays for the agency we are in, or on the shared floor the bureau's of one's areas.

    None where nobody is billed.
    """
    place = current()
    if place and not place.is_public:
        cover = Cover.objects.select_related("account").filter(tenant__slug=place.slug).first()
        return cover.account if cover else None
    areas = access_of(request).areas
    return Account.objects.filter(kind=Account.Kind.BUREAU, area__in=areas).order_by("area").first()


def own_account(request: HttpRequest) -> Account:
    """Return the account one may change here: on an agency's host its own, never the bureau's that covers it.

    :raises Http404: where there is none, or where it is a bureau's.
    """
    account = account_here(request)
    place = current()
    on_agency = place is not None and not place.is_public
    if account is None or (on_agency and account.kind == Account.Kind.BUREAU):
        raise Http404
    return account


def own_bill(request: HttpRequest, ref: str) -> Bill:
    """Return one of this account's bills.

    :raises Http404: for an unknown one, or another account's.
    """
    bill = own_account(request).bills.prefetch_related("lines").select_related("account").filter(ref=ref).first()
    if bill is None:
        raise Http404
    return bill
