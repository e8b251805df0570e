"""The volunteers of one agency: who registered, who was trained, and the hours they gave."""

import datetime as dt
from typing import Final

from accounts.models import User
from common.texts.identity import masked_phone
from common.texts.names import readings, search_key
from config.demo.agency import Station
from config.demo.dice import Dice
from evaluation.door import Fact
from services.clients.privacy.sealed import sealed
from services.volunteers import actions
from services.volunteers.models import HourRecord, Team, Training, Volunteer

ACTIVITIES: Final = ("陪同就医", "助老打扫", "课业辅导", "节日探访", "社区义诊协助", "活动秩序维护")
COURSES: Final = ("志愿者基础培训", "与老年人沟通", "隐私与边界", "急救常识")
SKILLS: Final = ("理发", "家电维修", "书法", "心理陪伴", "摄影", "")


def volunteer_year(stations: list[Station], users: dict[str, User], first: dt.date, last: dt.date) -> list[Fact]:
    """Write teams, volunteers, trainings and hours; some hours still wait to be verified."""
    agency = stations[0].post.agency
    dice = Dice(f"volunteers {agency.slug}")
    streets = [station for station in stations if not station.post.is_hub]
    volunteers = [
        _volunteer(dice, station, first, last)
        for station in streets
        for _ in range(dice.rounded(station.post.effort * 17))
    ]
    for serial, volunteer in enumerate(volunteers, start=1):
        volunteer.number = f"V{volunteer.registered_on.year}-{serial:05d}"
    Volunteer.objects.bulk_create(volunteers)
    _form_teams(dice, stations, volunteers)
    trainings = [
        Training(
            ref=dice.ref(),
            volunteer=one,
            title=dice.one_of(COURSES),
            held_on=dice.day(one.registered_on, last),
            minutes=90,
        )
        for one in volunteers
        if dice.chance(0.55)
    ]
    Training.objects.bulk_create(trainings)
    hours = [_hours(dice, one, users, last) for one in volunteers for _ in range(dice.between(0, 5))]
    HourRecord.objects.bulk_create(hours)
    told = [fact for one in volunteers for fact in actions.registration_facts(one)]
    told += [actions.training_fact(training) for training in trainings]
    return told + [actions.hours_fact(one) for one in hours if one.state == HourRecord.State.VERIFIED]


def _volunteer(dice: Dice, station: Station, first: dt.date, last: dt.date) -> Volunteer:
    name = dice.name(dice.gender(0.6))
    pinyin, initials = readings(name)[0]
    phone = dice.phone()
    volunteer = Volunteer(
        ref=dice.ref(), name=name, name_key=search_key(name), pinyin=pinyin, initials=initials, site=station.site,
        skills=dice.one_of(SKILLS), registered_on=dice.day(first - dt.timedelta(days=120), last),
        phone_masked=masked_phone(phone),
    )  # fmt: skip
    volunteer.phone_sealed = sealed(volunteer, "phone", phone)
    return volunteer


def _form_teams(dice: Dice, stations: list[Station], volunteers: list[Volunteer]) -> None:
    """Make one team in each district and let most of its volunteers join."""
    teams = {
        station.post.division.code: Team(
            ref=dice.ref(), name=f"{station.post.division.name}志愿服务队", site=station.site
        )
        for station in stations
        if station.post.is_hub
    }
    Team.objects.bulk_create(teams.values())
    through = Volunteer.teams.through
    through.objects.bulk_create(
        through(volunteer_id=one.pk, team_id=teams[one.site.region[:6]].pk) for one in volunteers if dice.chance(0.7)
    )


def _hours(dice: Dice, volunteer: Volunteer, users: dict[str, User], last: dt.date) -> HourRecord:
    served_on = dice.day(volunteer.registered_on, last)
    recent = (last - served_on).days < 21
    state = HourRecord.State.WAITING if recent and dice.chance(0.6) else HourRecord.State.VERIFIED
    return HourRecord(
        ref=dice.ref(), volunteer=volunteer, site=volunteer.site, served_on=served_on,
        minutes=dice.between(2, 8) * 30, activity=dice.one_of(ACTIVITIES), state=state,
        recorded_by=users["station_head"].ref,
        verified_by=users["volunteer_coordinator"].ref if state == HourRecord.State.VERIFIED else "",
    )  # fmt: skip
