"""The catalogue of measures: what agencies count, in words, with its unit. Programmes may use these codes only.

A *flow* counts what happened inside the period. A *level* is what stands on a day: the running sum of +1 and -1
facts up to it. *People* (人) are the different persons behind one or more flows of the period, as against contacts
(人次). Shares are not measures: an indicator divides one measure by another (`per`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

FLOW = "flow"
LEVEL = "level"
PEOPLE = "people"


@dataclass(frozen=True)
class Measure:
    """`bases` are the flows whose persons a people measure counts; other kinds have none."""

    code: str
    title: StrPromise
    unit: StrPromise
    kind: str = FLOW
    bases: tuple[str, ...] = ()


_TIMES = _("次")
_CONTACTS = _("人次")
_PERSONS = _("人")
_SESSIONS = _("节")
_EVENTS = _("场")
_MINUTES = _("分钟")
_HOURS = _("小时")
_RECORDS = _("条")
_HOUSEHOLDS = _("户")
_YUAN = _("元")

_FLOWS = (
    Measure("home_visits", _("入户走访"), _TIMES),
    Measure("consultations", _("咨询服务"), _TIMES),
    Measure("casework_sessions", _("个案会谈"), _TIMES),
    Measure("group_sessions", _("小组节次"), _SESSIONS),
    Measure("group_attendances", _("小组参与"), _CONTACTS),
    Measure("community_activities", _("社区活动"), _EVENTS),
    Measure("activity_attendances", _("活动参与"), _CONTACTS),
    Measure("joint_meetings", _("联席会议"), _TIMES),
    Measure("trainings", _("培训"), _EVENTS),
    Measure("training_attendances", _("培训参与"), _CONTACTS),
    Measure("referrals", _("转介"), _TIMES),
    Measure("service_contacts", _("服务人次"), _CONTACTS),
    Measure("service_minutes", _("服务时长"), _MINUTES),
    Measure("outreach_minutes", _("在社区和家中的服务时长"), _MINUTES),
    Measure("service_records", _("服务记录"), _RECORDS),
    Measure("records_on_time", _("三日内录入的记录"), _RECORDS),
    Measure("volunteers_trained", _("志愿者培训"), _CONTACTS),
    Measure("volunteer_hours", _("已核实志愿服务时长"), _HOURS),
    Measure("granted_amount", _("公益基金资助金额"), _YUAN),
    Measure("grants_paid", _("公益基金资助"), _TIMES),
    Measure("grant_households", _("公益基金资助家庭次数"), _TIMES),
    Measure("supervision_sessions", _("督导"), _TIMES),
    Measure("supervision_minutes", _("督导时长"), _MINUTES),
)
_LEVELS = (
    Measure("clients_filed", _("一人一案建档"), _PERSONS, LEVEL),
    Measure("households_filed", _("一户一档建档"), _HOUSEHOLDS, LEVEL),
    Measure("clients_with_category", _("在档困难群众"), _PERSONS, LEVEL),
    Measure("staff_employed", _("在岗人员"), _PERSONS, LEVEL),
    Measure("staff_certified", _("持证人员"), _PERSONS, LEVEL),
    Measure("staff_fulltime", _("专职人员"), _PERSONS, LEVEL),
    Measure("volunteers_registered", _("登记志愿者"), _PERSONS, LEVEL),
)
_CONTACT_FLOWS = (
    "home_visits",
    "consultations",
    "casework_sessions",
    "group_attendances",
    "activity_attendances",
    "referrals",
)
_PEOPLE = (
    Measure("people_served", _("服务人数"), _PERSONS, PEOPLE, _CONTACT_FLOWS),
    Measure("people_visited", _("走访人数"), _PERSONS, PEOPLE, ("home_visits",)),
    Measure("people_consulted", _("咨询人数"), _PERSONS, PEOPLE, ("consultations",)),
    Measure("people_in_casework", _("个案人数"), _PERSONS, PEOPLE, ("casework_sessions",)),
    Measure("people_in_groups", _("小组人数"), _PERSONS, PEOPLE, ("group_attendances",)),
    Measure("people_in_activities", _("活动人数"), _PERSONS, PEOPLE, ("activity_attendances",)),
    Measure("households_helped", _("公益基金资助家庭"), _HOUSEHOLDS, PEOPLE, ("grant_households",)),
    Measure("people_referred", _("转介人数"), _PERSONS, PEOPLE, ("referrals",)),
)

MEASURES = {measure.code: measure for measure in (*_FLOWS, *_LEVELS, *_PEOPLE)}
RECORDED = frozenset(measure.code for measure in (*_FLOWS, *_LEVELS))
# What a station's staff is counted by (services/network/programmes.py): staffing rules speak of these.
STAFF = ("staff_employed", "staff_certified", "staff_fulltime")
LEVELS = tuple(measure.code for measure in _LEVELS)
BASES_OF = {measure.code: measure.bases for measure in _PEOPLE}
PEOPLE_OF = tuple((measure.code, base) for measure in _PEOPLE for base in measure.bases)


def recorded_by(measures: Iterable[str]) -> tuple[str, ...]:
    """Return the codes whose facts stand behind `measures`: a people measure stands on its bases."""
    found: dict[str, None] = {}
    for code in measures:
        found.update(dict.fromkeys(MEASURES[code].bases or (code,)))
    return tuple(found)
