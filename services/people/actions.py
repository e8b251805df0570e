"""Take on staff, post them, note certificates, let them go; each keeps the stations' staff counts true."""

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.refusals import Refused
from common.texts.names import name_problems, readings, search_key
from directory import door as directory
from evaluation import door as evaluation
from services.journal import log
from services.network.models import Site
from services.network.queries import counting_site
from services.people import rules
from services.people.models import Certificate, Posting, Staff
from tenants.running import current_slug


class CannotKeepStaff(Refused):
    """The staff file or posting breaks a rule; `.reasons` are fit to show."""


@transaction.atomic
def take_on(*, name: str, employment: str, started_on: dt.date, user: User | None, by: User | None) -> Staff:
    """Open a staff file.

    :raises CannotKeepStaff: if the name cannot be a name or the login belongs to somebody else on the staff.
    """
    if problems := name_problems(name):
        raise CannotKeepStaff(problems)
    pinyin, initials = readings(name)[0]
    try:
        with transaction.atomic():
            staff = Staff.objects.create(
                name=name,
                name_key=search_key(name),
                pinyin=pinyin,
                initials=initials,
                employment=employment,
                started_on=started_on,
                user=user,
            )
    except IntegrityError:
        raise CannotKeepStaff(_("这个登录账号已属于另一名人员。")) from None
    log.write("people.staff.taken_on", on=staff, by=by, employment=employment)
    return staff


@transaction.atomic
def post(
    *, staff: Staff, site: Site, as_post: str, started_on: dt.date, ended_on: dt.date | None = None, by: User | None
) -> Posting:
    """Post a person to a site from a day on.

    :raises CannotKeepStaff: before the start of employment, at a closed site, or twice at one site at a time.
    """
    if problems := rules.posting_problems(
        staff_started=staff.started_on,
        staff_ended=staff.ended_on,
        site_closed=site.closed_on is not None,
        started_on=started_on,
        ended_on=ended_on,
    ):
        raise CannotKeepStaff(problems)
    try:
        with transaction.atomic():
            posting = Posting.objects.create(
                staff=staff, site=site, post=as_post, started_on=started_on, ended_on=ended_on
            )
    except IntegrityError:
        raise CannotKeepStaff(_("这段时间此人已在该站点任职。")) from None
    _tell(posting)
    log.write("people.posting.made", on=posting, by=by, site=site.code, post=as_post)
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, ended_on: dt.date, by: User | None) -> None:
    """End a posting on a day (its last).

    :raises CannotKeepStaff: if that is before it began.
    """
    if ended_on < posting.started_on:
        raise CannotKeepStaff(_("离岗日期不能早于到岗日期。"))
    posting.ended_on = ended_on
    posting.save(update_fields=["ended_on"])
    _tell(posting)
    log.write("people.posting.ended", on=posting, by=by, ended_on=ended_on.isoformat())


@transaction.atomic
def note_certificate(*, staff: Staff, kind: str, number: str, issued_on: dt.date, by: User | None) -> Certificate:
    """Note a certificate, or correct the one of this kind; the stations' certified counts follow."""
    certificate, _made = Certificate.objects.update_or_create(
        staff=staff, kind=kind, defaults={"number": number, "issued_on": issued_on}
    )
    for posting in staff.postings.select_related("site__parent__parent__parent", "staff"):
        _tell(posting)
    log.write("people.certificate.noted", on=certificate, by=by, kind=kind)
    return certificate


@transaction.atomic
def let_go(*, staff: Staff, ended_on: dt.date, by: User | None) -> None:
    """End employment and with it every open posting.

    :raises CannotKeepStaff: if that is before the employment or one of its postings began.
    """
    if ended_on < staff.started_on:
        raise CannotKeepStaff(_("离职日期不能早于入职日期。"))
    staff.ended_on = ended_on
    staff.save(update_fields=["ended_on"])
    for posting in staff.postings.filter(ended_on=None).select_related("site__parent__parent__parent", "staff"):
        end_posting(posting=posting, ended_on=ended_on, by=by)
    log.write("people.staff.let_go", on=staff, by=by, ended_on=ended_on.isoformat())


def facts(posting: Posting, certified_on: dt.date | None) -> list[evaluation.Fact]:
    """Return what a posting adds to its station's counts; `certified_on` is the day of the first certificate."""
    station = counting_site(posting.site).code
    return [
        evaluation.Fact(station, step.measure, step.on, Decimal(step.step), f"{_source(posting)}:{step.name}")
        for step in rules.posting_levels(
            employment=posting.staff.employment,
            certified_on=certified_on,
            started_on=posting.started_on,
            ended_on=posting.ended_on,
        )
    ]


def _tell(posting: Posting) -> None:
    certified_on = posting.staff.certificates.order_by("issued_on").values_list("issued_on", flat=True).first()
    evaluation.replace_facts(tenant=current_slug(), source_prefix=_source(posting), facts=facts(posting, certified_on))
    show_people(posting.site)


def show_people(site: Site) -> None:
    """Bring what the public reads of a station up to date: how many people of each post work there, never who."""
    today = clock.today()
    at_work = site.postings.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)
    counts = at_work.order_by("post").values_list("post").annotate(count=Count("pk"))
    with translation.override("zh-hans"):  # kept in the words of the source, said in the reader's language
        people = {str(Posting.Post(post).label): count for post, count in counts}
    directory.show_people(tenant=current_slug(), code=site.code, people=people)


def _source(posting: Posting) -> str:
    return f"people.posting:{posting.ref}"
