"""Register volunteers, note training, record and verify hours."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.money import rounded
from common.refusals import Conflict, RefusedFields
from common.texts.identity import masked_phone, phone_number
from common.texts.names import name_problems, readings, search_key
from evaluation import door as evaluation
from services.clients.privacy import consents
from services.clients.privacy.sealed import sealed, subject_key
from services.journal import log
from services.network.models import Site
from services.network.queries import counting_site
from services.volunteers import rules
from services.volunteers.models import HourRecord, Team, Training, Volunteer
from tenants.running import current_slug


class CannotKeepVolunteer(RefusedFields):
    """The file or the hours break a rule."""


class CannotVerify(Conflict):
    """These hours are not waiting, or one would verify one's own entry."""


@transaction.atomic
def register(
    *,
    name: str,
    phone: str,
    skills: str,
    site: Site,
    teams: list[Team],
    registered_on: dt.date,
    today: dt.date,
    by: User | None,
) -> Volunteer:
    """Register a volunteer with the agency's next number.

    :raises CannotKeepVolunteer: for a name or phone that cannot be, or a day to come.
    """
    problems: dict[str, list[str]] = {}
    if wrong := name_problems(name):
        problems["name"] = wrong
    number = ""
    if phone:
        try:
            number = phone_number(phone)
        except ValueError as error:
            problems["phone"] = [str(error)]
    if registered_on > today:
        problems["registered_on"] = [_("登记日期不能在今天之后。")]
    if problems:
        raise CannotKeepVolunteer(problems)
    pinyin, initials = readings(name)[0]
    volunteer = Volunteer(number=_next_number(registered_on), name=name, skills=skills, site=site)
    volunteer.name_key, volunteer.pinyin, volunteer.initials = search_key(name), pinyin, initials
    volunteer.registered_on = registered_on
    volunteer.phone_sealed = sealed(volunteer, "phone", number)
    volunteer.phone_masked = masked_phone(number) if number else ""
    volunteer.save()
    volunteer.teams.set(teams)
    _tell_registration(volunteer)
    log.write("volunteers.volunteer.registered", on=volunteer, by=by, site=site.code)
    return volunteer


@transaction.atomic
def form_team(*, name: str, site: Site, by: User | None) -> Team:
    """Form a team.

    :raises CannotKeepVolunteer: if the name is taken.
    """
    team, made = Team.objects.get_or_create(name=name, defaults={"site": site})
    if not made:
        raise CannotKeepVolunteer({"name": [_("已有同名的队伍。")]})
    log.write("volunteers.team.formed", on=team, by=by)
    return team


@transaction.atomic
def leave(*, volunteer: Volunteer, left_on: dt.date, by: User | None) -> None:
    """Note that a volunteer left; hours given stay.

    :raises CannotKeepVolunteer: if that is before registration.
    """
    if left_on < volunteer.registered_on:
        raise CannotKeepVolunteer({"left_on": [_("退出日期不能早于登记日期。")]})
    volunteer.left_on = left_on
    volunteer.save(update_fields=["left_on"])
    _tell_registration(volunteer)
    log.write("volunteers.volunteer.left", on=volunteer, by=by)


@transaction.atomic
def note_training(
    *, volunteer: Volunteer, title: str, held_on: dt.date, minutes: int, today: dt.date, by: User | None
) -> Training:
    """Note a training the volunteer went through; it counts for the volunteer's station.

    :raises CannotKeepVolunteer: for a day to come or minutes out of range.
    """
    consents.check(volunteer)
    if problems := rules.hours_problems(
        served_on=held_on, minutes=minutes, minutes_that_day=0, registered_on=dt.date.min, today=today
    ):
        raise CannotKeepVolunteer(
            {("held_on" if name == "served_on" else name): said for name, said in problems.items()}
        )
    training = Training.objects.create(volunteer=volunteer, title=title, held_on=held_on, minutes=minutes)
    evaluation.record_facts(tenant=current_slug(), facts=[training_fact(training)])
    log.write("volunteers.training.noted", on=training, by=by)
    return training


@transaction.atomic
def record_hours(
    *,
    volunteer: Volunteer,
    site: Site,
    served_on: dt.date,
    minutes: int,
    activity: str,
    today: dt.date,
    by: User,
    submission: UUID | None = None,
) -> HourRecord:
    """Record time given; it waits for somebody else to verify it. The same `submission` twice gives the first back.

    :raises CannotKeepVolunteer: for a day to come, before registration, or more than a day has.
    """
    if submission and (earlier := HourRecord.objects.filter(submission=submission).first()):
        return earlier
    consents.check(Volunteer.objects.select_for_update().get(pk=volunteer.pk))
    that_day = volunteer.hours.filter(served_on=served_on).exclude(state=HourRecord.State.REFUSED)
    if problems := rules.hours_problems(
        served_on=served_on,
        minutes=minutes,
        minutes_that_day=that_day.aggregate(sum=Sum("minutes"))["sum"] or 0,
        registered_on=volunteer.registered_on,
        today=today,
    ):
        raise CannotKeepVolunteer(problems)
    hours = HourRecord.objects.create(
        volunteer=volunteer, site=site, served_on=served_on, minutes=minutes, activity=activity, recorded_by=by.ref,
        submission=submission,
    )  # fmt: skip
    log.write("volunteers.hours.recorded", on=hours, by=by, minutes=minutes)
    return hours


@transaction.atomic
def verify_hours(*, hours: HourRecord, by: User) -> None:
    """Let the hours count.

    :raises CannotVerify: unless they wait, or if one recorded them oneself.
    """
    hours = _waiting(hours)
    if hours.recorded_by == by.ref:
        raise CannotVerify(_("不能核实自己登记的时长，请由另一人核实。"))
    hours.state, hours.verified_by = HourRecord.State.VERIFIED, by.ref
    hours.save(update_fields=["state", "verified_by"])
    evaluation.record_facts(tenant=current_slug(), facts=[hours_fact(hours)])
    log.write("volunteers.hours.verified", on=hours, by=by)


@transaction.atomic
def refuse_hours(*, hours: HourRecord, reason: str, by: User) -> None:
    """Refuse the hours with a reason.

    :raises CannotVerify: unless they wait, or without a reason.
    """
    hours = _waiting(hours)
    if not 2 <= len(reason.strip()) <= 100:
        raise CannotVerify(_("请写明原因（2 至 100 字）。"))
    hours.state, hours.refusal = HourRecord.State.REFUSED, reason.strip()
    hours.save(update_fields=["state", "refusal"])
    log.write("volunteers.hours.refused", on=hours, by=by)


def _waiting(hours: HourRecord) -> HourRecord:
    found = (
        HourRecord.objects.select_for_update(of=("self",))
        .select_related("site__parent__parent__parent", "volunteer")
        .get(pk=hours.pk)
    )
    if found.state != HourRecord.State.WAITING:
        raise CannotVerify(_("这条时长已经处理过。"))
    return found


def registration_facts(volunteer: Volunteer) -> list[evaluation.Fact]:
    """Return the steps a volunteer adds to the station's running count: in, and out on the day after leaving."""
    station, subject = counting_site(volunteer.site).code, subject_key(volunteer.ref)
    steps = [(volunteer.registered_on, 1, "in")]
    if volunteer.left_on:
        steps.append((volunteer.left_on + dt.timedelta(days=1), -1, "out"))
    return [
        evaluation.Fact(station, "volunteers_registered", on, Decimal(step), f"{_source(volunteer)}:{name}", subject)
        for on, step, name in steps
    ]


def training_fact(training: Training) -> evaluation.Fact:
    """Return that a volunteer of the station went through a training."""
    volunteer = training.volunteer
    return evaluation.Fact(
        counting_site(volunteer.site).code, "volunteers_trained", training.held_on, Decimal(1),
        f"volunteers.training:{training.ref}", subject_key(volunteer.ref),
    )  # fmt: skip


def hours_fact(hours: HourRecord) -> evaluation.Fact:
    """Return the verified hours given at the site, at two decimals."""
    return evaluation.Fact(
        counting_site(hours.site).code, "volunteer_hours", hours.served_on, rounded(Decimal(hours.minutes) / 60),
        f"volunteers.hours:{hours.ref}", subject_key(hours.volunteer.ref),
    )  # fmt: skip


def _tell_registration(volunteer: Volunteer) -> None:
    evaluation.replace_facts(
        tenant=current_slug(), source_prefix=_source(volunteer), facts=registration_facts(volunteer)
    )


def _source(volunteer: Volunteer) -> str:
    return f"volunteers.volunteer:{volunteer.ref}"


def _next_number(on: dt.date) -> str:
    """Return the next free number such as V2026-00017; two at once wait for each other."""
    prefix = f"V{on.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{current_slug()}|{prefix}"])
    known = Volunteer.objects.filter(number__startswith=prefix).order_by("-number")
    last = known.values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:05d}"
