"""The programme the agency works by, and what it asks of the staff of each station before any contract does."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from programmes import door as programmes
from programmes.door import Programme, StaffingRule
from services.journal import log
from services.network.models import ProgrammeChoice, Site
from services.network.queries import counting_site

EMPLOYED, FULL_TIME, CERTIFIED = "staff_employed", "staff_fulltime", "staff_certified"


class CannotChoose(Refused):
    """No such programme is published."""


@dataclass(frozen=True)
class StaffingCheck:
    """One staffing rule at one station: what is there, as a number or a share, and whether it is enough."""

    rule: StaffingRule
    value: Decimal | None

    @property
    def is_met(self) -> bool:
        return self.value is not None and self.value >= self.rule.at_least

    @property
    def is_share(self) -> bool:
        return bool(self.rule.per)


@transaction.atomic
def choose(*, key: str, by: User | None) -> ProgrammeChoice:
    """Note by which programme the agency works from now on.

    :raises CannotChoose: for one that is not published.
    """
    if key not in {programme.key for programme in programmes.programmes()}:
        raise CannotChoose(_("请选择列出的方案。"))
    choice = ProgrammeChoice.objects.create(key=key, chosen_by=by.ref if by else "")
    log.write("network.programme.chosen", on=choice, by=by, programme=key)
    return choice


def chosen(today: dt.date) -> Programme | None:
    """Return the edition of the chosen programme that is valid today, or its newest; None while none is chosen."""
    key = ProgrammeChoice.objects.values_list("key", flat=True).first()
    if not key:
        return None
    try:
        return programmes.programme_on(key, today)
    except programmes.UnknownProgramme:
        pass
    try:
        return programmes.programme(key)
    except programmes.UnknownProgramme:
        return None


def staffing(programme: Programme, sites: Iterable[Site], today: dt.date) -> dict[int, list[StaffingCheck]]:
    """Return the checks of each open site that counts by itself, by its id; two queries for any number of sites.

    Counted as facts are: with its rooms but not with stations below it, employed without interns
    (services/people/rules.py).
    """
    counting = {site.pk: site for site in sites if site.closed_on is None and site.counts_by_itself}
    everywhere = {
        site.pk: counted.pk
        for site in Site.objects.under(*counting.values()).select_related("parent__parent__parent")
        if (counted := counting_site(site)).pk in counting  # a hub's stations count by themselves, not with it
    }
    now = Q(postings__started_on__lte=today) & (Q(postings__ended_on=None) | Q(postings__ended_on__gte=today))
    # The values of people.Staff.Employment: the network stands below the people and does not import them.
    own = now & ~Q(postings__staff__employment="intern")
    full_time = now & Q(postings__staff__employment="full_time")
    certified = own & Q(postings__staff__certificates__issued_on__lte=today)
    posted = Site.objects.filter(pk__in=everywhere).annotate(
        **{
            measure: Count("postings__staff", filter=kept, distinct=True)
            for measure, kept in ((EMPLOYED, own), (FULL_TIME, full_time), (CERTIFIED, certified))
        }
    )
    counts = {pk: dict.fromkeys((EMPLOYED, FULL_TIME, CERTIFIED), 0) for pk in counting}
    for site in posted:
        for measure, number in counts[everywhere[site.pk]].items():
            counts[everywhere[site.pk]][measure] = number + getattr(site, measure)
    return {pk: [_check(rule, counts[pk]) for rule in programme.staffing] for pk in counting}


def _check(rule: StaffingRule, counts: dict[str, int]) -> StaffingCheck:
    value = Decimal(counts[rule.measure])
    if rule.per:
        whole = counts[rule.per]
        return StaffingCheck(rule, value / whole if whole else None)
    return StaffingCheck(rule, value)
