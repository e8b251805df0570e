"""Who may hold a fund: every member of the agency sees its funds; the rest goes by roles and by the committee."""

import datetime as dt
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from common.texts.names import search_key
from services.funds.models import BankLine, Campaign, CommitteeMember, Donation, DonationRefund, Fund, Purpose, Receipt

Row = TypeVar("Row", bound=Model)


def get_fund(request: HttpRequest, ref: str, permission: Permission) -> Fund:
    """Return a fund.

    :raises PermissionDenied: if the role lacks the permission.
    :raises Http404: for an unknown one.
    """
    require(request, permission)
    found = Fund.objects.select_related("book", "site").filter(ref=ref).first()
    if found is None:
        raise Http404
    return found


def committee_on(fund: Fund, day: dt.date) -> QuerySet[CommitteeMember]:
    """Return who sits on the committee of a fund, or watches it, on `day`."""
    return fund.committee_members.filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


def committee_member_of(request: HttpRequest, fund: Fund, day: dt.date) -> CommitteeMember | None:
    """Return what the signed-in person is on the committee of a fund on `day`, or None."""
    return committee_on(fund, day).filter(person=getattr(request.user, "ref", "-")).first()


def get_purpose(request: HttpRequest, ref: str, purpose: str, permission: Permission) -> Purpose:
    """Return a purpose of a fund.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    return _known(fund.purposes.select_related("fund").filter(ref=purpose))


def get_committee_member(request: HttpRequest, ref: str, member: str, permission: Permission) -> CommitteeMember:
    """Return a member of the committee of a fund.

    :raises Http404: for an unknown one.
    """
    return _known(get_fund(request, ref, permission).committee_members.select_related("fund").filter(ref=member))


def get_campaign(request: HttpRequest, ref: str, campaign: str, permission: Permission) -> Campaign:
    """Return a campaign of a fund.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    return _known(fund.campaigns.select_related("purpose", "fund__book").filter(ref=campaign))


def get_donation(request: HttpRequest, ref: str, donation: str, permission: Permission) -> Donation:
    """Return a donation to a fund, with its purpose, campaign and entry.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    about = ("fund__book", "purpose__free", "campaign", "pledge", "entry", "entry__reversed_by")
    return _known(fund.donations.select_related(*about).filter(ref=donation))


def get_receipt(request: HttpRequest, ref: str, receipt: str, permission: Permission) -> Receipt:
    """Return a receipt of a fund.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    found = Receipt.objects.select_related("donation__fund", "donation__purpose")
    return _known(found.filter(donation__fund=fund, ref=receipt))


def get_line(request: HttpRequest, ref: str, line: str, permission: Permission) -> BankLine:
    """Return a line of a fund's bank statements.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    return _known(fund.bank_lines.select_related("fund__book", "statement", "entry").filter(ref=line))


def get_refund(request: HttpRequest, ref: str, refund: str, permission: Permission) -> DonationRefund:
    """Return a refund of a fund's donation.

    :raises Http404: for an unknown one.
    """
    fund = get_fund(request, ref, permission)
    return _known(DonationRefund.objects.select_related("donation__fund").filter(donation__fund=fund, ref=refund))


def _known(rows: QuerySet[Row]) -> Row:
    found = rows.first()
    if found is None:
        raise Http404
    return found


def is_same_person(ref: str, user: User) -> bool:
    """Tell whether the account `ref` is this user's, or of the same name: two accounts are not two people."""
    if ref == user.ref:
        return True
    name = User.objects.filter(ref=ref).values_list("name", flat=True).first()
    return bool(name) and search_key(name or "") == search_key(user.name)
