"""The caps: taken by a conditional update on their own rows, in one sorted order, never beyond what is allowed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from common.money import rounded, yuan
from common.refusals import Conflict
from services.clients.models import Client
from services.funds.models import Fund
from services.funds.rules import rules_of
from services.grants.guards.persons import same_person, spent
from services.grants.models import Application, Limit, Need, Repayment
from services.grants.workflow import GRANTED

ZERO = Decimal(0)
Kind = Limit.Kind


class OverLimit(Conflict):
    """More than may still be granted. `.extra["remaining"]` is what is left in yuan, as text with two decimals."""

    def __init__(self, words: str, remaining: Decimal) -> None:
        super().__init__(words)
        self.extra = {"remaining": str(rounded(remaining))}


@dataclass(frozen=True, order=True)
class Claim:
    """One limit that a grant falls under, with the cap a new row gets; `fund` is 0 where the row spans all funds.

    A person's year has a row for each file and fund. What it may hold is what all rows of the person leave: `files` are
    the refs of their files, and `spans` says that every fund counts (the rule's scope), not this one alone.
    """

    kind: str
    fund: int
    subject: str
    year: int
    cap: Decimal
    files: tuple[str, ...] = ()
    spans: bool = False

    @property
    def where(self) -> dict[str, object]:
        held = {"fund_id": self.fund} if self.fund else {"fund": None}
        return {"kind": self.kind, "subject": self.subject, "year": self.year, **held}

    def spent(self) -> Decimal:
        """Return what the person was granted this year, by all of their files, in yuan."""
        return spent(self.files, self.year, None if self.spans else self.fund)


def claims(need: Need, fund: Fund, *, year: int, worth: Decimal, lock: bool = False) -> list[Claim]:
    """Return the limits a grant for `need` falls under, in the order in which they are taken.

    :param worth: what the need was found to be, in yuan.
    :param lock: lock the files of the person, for whoever is to take or pay.
    """
    found, rules = [Claim(Kind.NEED, 0, need.ref, 0, worth)], rules_of(fund.programme, fund.digest)
    if need.kind == Need.Kind.PERSON and need.client is not None:
        files = tuple(file.ref for file in same_person(need.client, lock=lock))
        found.append(Claim(Kind.PERSON_YEAR, fund.pk, files[0], year, rules.person_year_cap, files, rules.spans_funds))
    if need.kind == Need.Kind.ACTIVITY:
        found.append(Claim(Kind.ACTIVITY, 0, need.ref, 0, rules.activity_cap))
    return sorted(found)


def take(wanted: Sequence[Claim], amount: Decimal) -> None:
    """Take `amount` yuan from every limit, or from none; always in one order, whatever order they come in.

    The files of a person are locked by the caller (`claims(lock=True)`), so that what they spent stays as it is read.

    :raises OverLimit: if one of them has less left, or a merge left this person over the cap.
    """
    for claim in sorted(wanted):
        Limit.objects.bulk_create([Limit(**claim.where, cap=claim.cap)], ignore_conflicts=True)
        _refuse_overrun(claim)
        if claim.files and (had := claim.spent()) + amount > claim.cap:
            raise _over(claim, claim.cap, had)
        free = Limit.objects.filter(**claim.where, used__lte=F("cap") - amount, overrun=0)
        if not free.update(used=F("used") + amount):
            row = Limit.objects.get(**claim.where)
            raise _over(claim, row.cap, row.used)


def foresee(wanted: Iterable[Claim], amount: Decimal) -> None:
    """Say early that `amount` yuan can never be granted; takes nothing.

    :raises OverLimit: if a limit has less left already.
    """
    for claim in wanted:
        _refuse_overrun(claim)
        row = Limit.objects.filter(**claim.where).first()
        cap, used = (row.cap, row.used) if row else (claim.cap, ZERO)
        if claim.files:
            used = claim.spent()
        if used + amount > cap:
            raise _over(claim, cap, used)


def give_back(wanted: Sequence[Claim], amount: Decimal) -> None:
    """Give `amount` yuan back to the very rows it was taken from; what a merge left over shrinks with it."""
    for claim in sorted(wanted):
        Limit.objects.filter(**claim.where).update(
            used=F("used") - amount,
            overrun=Greatest(F("used") - amount - F("cap"), Value(ZERO)),
        )


def check_held(wanted: Sequence[Claim], amount: Decimal) -> None:
    """See before a payment that every limit still holds what was taken.

    :raises OverLimit: if a row is missing, holds less, or a merge or a number that came later left it over the cap.
    """
    for claim in sorted(wanted):
        row = Limit.objects.select_for_update().filter(**claim.where).first()
        if row is None or row.used < amount or row.overrun:
            raise _over(claim, row.cap if row else claim.cap, row.used if row else ZERO)
        if claim.files and (had := claim.spent()) > row.cap:
            raise _over(claim, row.cap, had)


def set_worth(need: Need, worth: Decimal) -> None:
    """Set what a need was found to be, in yuan; funds together never grant more.

    :raises OverLimit: below what was granted for it already.
    """
    claim = Claim(Kind.NEED, 0, need.ref, 0, worth)
    Limit.objects.bulk_create([Limit(**claim.where, cap=worth)], ignore_conflicts=True)
    if not Limit.objects.filter(**claim.where, used__lte=worth).update(cap=worth):
        used = Limit.objects.get(**claim.where).used
        words = _("这项需求已经获资助 %(used)s，评估金额不能低于此数。") % {"used": yuan(used)}
        raise OverLimit(words, ZERO)


def fold(*, kept: Client, duplicate: Client) -> Decimal:
    """Add a duplicate file's years to those of the file that is kept; return how much stands over the caps, in yuan."""
    over = ZERO
    subjects = (kept.ref, duplicate.ref)
    rows = Limit.objects.select_for_update().filter(kind=Kind.PERSON_YEAR, subject__in=subjects)
    by_year: dict[tuple[int | None, int], dict[str, Limit]] = defaultdict(dict)
    for row in rows.order_by("fund_id", "subject", "year"):
        by_year[row.fund_id, row.year][row.subject] = row
    for both in by_year.values():
        old, new = both.get(duplicate.ref), both.get(kept.ref)
        if old is None:
            continue
        if new is None:
            old.subject = kept.ref
            old.save(update_fields=["subject"])
            over += old.overrun
            continue
        new.used += old.used
        new.overrun = max(new.used - new.cap, ZERO)
        old.delete()
        new.save(update_fields=["used", "overrun"])
        over += new.overrun
    return over


def recount() -> list[tuple[Limit, Decimal]]:
    """Recompute every limit from the live applications; return those that differ, with what they should hold."""
    finals = _finals()
    due: dict[tuple[str, int | None, str, int], Decimal] = defaultdict(Decimal)
    back = dict(Repayment.objects.values_list("application").annotate(sum=Sum("amount")).order_by())
    granted = Application.objects.filter(state__in=GRANTED).select_related("need__client")
    for application in granted:
        amount = (application.awarded or ZERO) - back.get(application.pk, ZERO)
        need = application.need
        due[Kind.NEED, None, need.ref, 0] += amount
        if need.kind == Need.Kind.PERSON and need.client_id:
            due[Kind.PERSON_YEAR, application.fund_id, finals[need.client_id], application.cap_year or 0] += amount
        if need.kind == Need.Kind.ACTIVITY:
            due[Kind.ACTIVITY, None, need.ref, 0] += amount
    wrong = []
    for row in Limit.objects.all():
        should = due.pop((row.kind, row.fund_id, row.subject, row.year), ZERO)
        if row.used != should:
            wrong.append((row, should))
    missing = [
        (Limit(kind=kind, fund_id=fund, subject=subject, year=year, cap=ZERO), should)
        for (kind, fund, subject, year), should in due.items()
        if should
    ]
    return wrong + missing


def _finals() -> dict[int, str]:
    merged = dict(Client.objects.exclude(merged_into=None).values_list("pk", "merged_into"))
    wanted = Application.objects.filter(state__in=GRANTED).exclude(need__client=None)
    found = {}
    for client in set(wanted.values_list("need__client", flat=True)):
        last = client
        while into := merged.get(last):
            last = into
        found[client] = last
    refs = dict(Client.objects.filter(pk__in=found.values()).values_list("pk", "ref"))
    return {client: refs[last] for client, last in found.items()}


def _refuse_overrun(claim: Claim) -> None:
    """Refuse whoever a merge left over a cap of this year, whichever fund it was."""
    if claim.kind != Kind.PERSON_YEAR:
        return
    if Limit.objects.filter(kind=claim.kind, subject__in=claim.files, year=claim.year, overrun__gt=0).exists():
        raise OverLimit(_("合并档案后，这位申请人今年的资助已超过上限，请先处理超出的部分。"), ZERO)


def _over(claim: Claim, cap: Decimal, used: Decimal) -> OverLimit:
    left = max(cap - used, ZERO)
    said = {"left": yuan(left), "cap": yuan(cap)}
    words = {
        Kind.PERSON_YEAR: _("超过一人一年的上限 %(cap)s：这位申请人今年还可获资助 %(left)s。"),
        Kind.ACTIVITY: _("超过一次活动的上限 %(cap)s：这次活动还可获资助 %(left)s。"),
        Kind.NEED: _("超过评估的需求 %(cap)s：这项需求还可获资助 %(left)s。"),
    }[Kind(claim.kind)]
    return OverLimit(words % said, left)
