"""Open, change and close a fund; each keeps its public face true."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import yuan
from common.refusals import Conflict, RefusedFields
from disclosure import door as disclosure
from services.funds.books import chart
from services.funds.donations import actions as donation_actions
from services.funds.fund.queries import balances
from services.funds.models import Donation, DonationRefund, Fund, Purpose
from services.funds.rules import FundRules, rules_of
from services.journal import log
from services.network.models import Site
from tenants.running import current_slug

CODE: Final = re.compile(r"[A-Z0-9]{1,12}")
GENERAL: Final = "一般用途"
CHANGEABLE: Final = ("name", "custodian", "area", "site", "purpose_text")


class CannotKeepFund(RefusedFields):
    """A code or name that is taken, a day to come, or less than the rules ask for at the start."""


class CannotCloseFund(Conflict):
    """Something of the fund is still open."""


@dataclass(frozen=True)
class NewFund:
    """A new fund as it is asked for. `code` '' is the next free one, `opening` None is what the rules ask (yuan)."""

    name: str
    custodian: str
    programme: str
    opened_on: dt.date
    code: str = ""
    area: str = ""
    site: Site | None = None
    purpose_text: str = ""
    opening: Decimal | None = None
    opening_giver: str = ""


@transaction.atomic
def open_fund(*, new: NewFund, agency: str, today: dt.date, by: User | None) -> Fund:
    """Open a fund with its book, its general purpose and its opening money, and show it to the public.

    :param agency: the agency's name as the public reads it.
    :raises CannotKeepFund: as the class says.
    """
    rules = rules_of(new.programme)
    code = new.code or next_code()
    opening = rules.opening_amount if new.opening is None else new.opening
    if problems := _problems(new, code, opening, rules, today):
        raise CannotKeepFund(problems)
    book = chart.open_book(name=new.name, opened_on=new.opened_on)
    fund = Fund(
        code=code, name=new.name, custodian=new.custodian, area=new.area, site=new.site,
        purpose_text=new.purpose_text,
        programme=new.programme, digest=rules.digest, book=book, opening_amount=opening, opened_on=new.opened_on,
    )  # fmt: skip
    _save(fund)
    free, reserved = chart.open_promises(book=book, name=GENERAL)
    general = Purpose.objects.create(
        fund=fund, name=GENERAL, is_restricted=False, free=free, reserved=reserved
    )  # fmt: skip
    show(fund, agency)
    log.write("funds.fund.opened", on=fund, by=by, code=code, opening=str(opening))
    gift = donation_actions.Gift(
        kind=Donation.Kind.CASH, giver=Donation.Giver.ORGANISATION, donor=new.opening_giver or new.custodian,
        amount=opening, purpose=general, received_on=new.opened_on,
    )  # fmt: skip
    if opening:
        donation_actions.record_donation(fund=fund, gift=gift, today=today, by=by)
    return fund


@transaction.atomic
def change_fund(*, fund: Fund, changes: dict[str, Any], agency: str, by: User | None) -> None:
    """Change a fund's name, custodian, area, site or purpose; code and rules stay: its business was done under them.

    :raises CannotKeepFund: if the name is taken.
    """
    before = [name for name in CHANGEABLE if name in changes and getattr(fund, name) != changes[name]]
    for name in before:
        setattr(fund, name, changes[name])
    _save(fund)
    show(fund, agency)
    log.write("funds.fund.changed", on=fund, by=by, fields=sorted(before))


@transaction.atomic
def close_fund(*, fund: Fund, closed_on: dt.date, agency: str, today: dt.date, by: User | None) -> None:
    """Close a fund for good; its books and reports stay to be read.

    :raises CannotCloseFund: while anything is reserved or left in it, or a refund is asked for.
    :raises CannotKeepFund: for a day to come or before the last entry.
    """
    fund = lock(fund)
    refuse_open_business(fund)
    if balance := balances(fund).balance:
        raise CannotCloseFund(_("基金还有 %(sum)s。请先把余额移交托管方，再关闭。") % {"sum": yuan(balance)})
    last = chart.last_day(fund)
    if closed_on > today:
        raise CannotKeepFund({"closed_on": [_("关闭日期不能在今天之后。")]})
    if closed_on < max(fund.opened_on, last or fund.opened_on):
        raise CannotKeepFund({"closed_on": [_("关闭日期不能早于设立日期和最后一笔收支。")]})
    fund.state, fund.closed_on = Fund.State.CLOSED, closed_on
    fund.save(update_fields=["state", "closed_on"])
    show(fund, agency)
    log.write("funds.fund.closed", on=fund, by=by, closed_on=closed_on.isoformat())


def lock(fund: Fund) -> Fund:
    """Return the fund with its row held, so that nothing comes in while it is closed.

    :raises CannotCloseFund: if it is closed already.
    """
    held = Fund.objects.select_for_update(of=("self",), no_key=True).select_related("book").get(pk=fund.pk)
    if not held.is_active:
        raise CannotCloseFund(_("基金已经关闭。"))
    return held


def show(fund: Fund, agency: str) -> None:
    """Bring the fund's public face up to date."""
    with translation.override("zh-hans"):  # the public reads the rules in the language of their law
        rules = rules_of(fund.programme, fund.digest)
    disclosure.publish_fund(tenant=current_slug(), face=disclosure.FundFace(
        fund=fund.ref, name=fund.name, agency=agency, custodian=fund.custodian, area=fund.area,
        purpose_text=fund.purpose_text,
        rules=[f"{sentence}（{clause}）"[:200] for sentence, clause in rules.sentences], opened_on=fund.opened_on,
        closed_on=fund.closed_on,
    ))  # fmt: skip


def next_code() -> str:
    """Return the next free code F01, F02…; two at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|fund code"])
    taken = set(Fund.objects.filter(code__startswith="F").values_list("code", flat=True))
    return next(code for number in range(1, len(taken) + 2) if (code := f"F{number:02d}") not in taken)


def _problems(new: NewFund, code: str, opening: Decimal, rules: FundRules, today: dt.date) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if not CODE.fullmatch(code):
        problems["code"] = [_("编号用 1 至 12 位大写字母和数字，例如 F01。")]
    if new.opened_on > today:
        problems["opened_on"] = [_("设立日期不能在今天之后。")]
    if opening < rules.opening_amount:
        least = {"least": yuan(rules.opening_amount), "clause": rules.opening_clause}
        problems["opening"] = [_("起始资金不少于 %(least)s（%(clause)s）。") % least]
    return problems


def _save(fund: Fund) -> None:
    try:
        with transaction.atomic():
            fund.save()
    except IntegrityError as taken:
        field = "code" if "code" in str(taken) else "name"
        new = _("基金编号已被使用。") if field == "code" else _("已有同名的基金。")
        raise CannotKeepFund({field: [new]}) from None


def refuse_open_business(fund: Fund) -> None:
    """See that nothing of the fund is on its way.

    :raises CannotCloseFund: while anything is reserved or a refund is asked for.
    """
    if reserved := balances(fund).reserved:
        raise CannotCloseFund(_("还有 %(sum)s 已承诺给资助，请先付清或解除。") % {"sum": yuan(reserved)})
    if DonationRefund.objects.filter(donation__fund=fund, state=DonationRefund.State.ASKED).exists():
        raise CannotCloseFund(_("还有退款等待复核，请先办结或撤回。"))
