"""Roles in code, memberships in data. Only the slug is stored."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from accounts.permissions import Permission as P

AGENCY = "agency"
SHARED = "shared"


@dataclass(frozen=True)
class Role:
    """`floor` says on which host the role counts: an agency's own, or the shared one."""

    slug: str
    title: StrPromise
    floor: str
    permissions: frozenset[P]
    needs_mfa: bool = False


_EVERY_MEMBER = frozenset({P.STATION_VIEW, P.STAFF_VIEW, P.OWN_SCORE_VIEW, P.FUND_VIEW})
_WORKER = _EVERY_MEMBER | {
    P.CLIENT_VIEW,
    P.CLIENT_MANAGE,
    P.CLIENT_REVEAL,
    P.RECORD_VIEW,
    P.RECORD_WRITE,
    P.VOLUNTEER_VIEW,
    P.SUPERVISION_BOOK,
    P.GRANT_VIEW,
    P.GRANT_APPLY,
}
_INTERN = _EVERY_MEMBER | {P.CLIENT_VIEW, P.RECORD_VIEW, P.RECORD_WRITE}
_HEAD = _WORKER | {
    P.RECORD_COUNTERSIGN,
    P.VOLUNTEER_MANAGE,
    P.STAFF_MANAGE,
    P.APPEAL_MAKE,
    P.GRANT_ASSESS,
    P.RIGHTS_ANSWER,
}
_DIRECTOR = _HEAD | {
    P.STATION_MANAGE,
    P.CLIENT_VIEW_ALL,
    P.VOLUNTEER_VERIFY,
    P.MEMBER_MANAGE,
    P.LOG_VIEW,
    P.AGENCY_LEAVE,
    P.FUND_MANAGE,
    P.FUND_PUBLISH,
    P.OBJECTION_ANSWER,
    P.PLAN_MANAGE,
}
_FINANCE = _EVERY_MEMBER | {P.FUND_KEEP, P.FUND_PUBLISH, P.GRANT_VIEW, P.GRANT_PAY, P.PLAN_MANAGE}
# Committee members and monitors come from outside the agency too: they see the funds and what is asked of them.
_COMMITTEE = frozenset({P.FUND_VIEW, P.GRANT_VIEW})
# Looking only: no sealed field, no export, nothing to write.
_LOOK = _EVERY_MEMBER | {P.CLIENT_VIEW, P.CLIENT_VIEW_ALL, P.RECORD_VIEW, P.VOLUNTEER_VIEW, P.GRANT_VIEW}
_SUPERVISOR = frozenset({P.DESK_VIEW, P.AVAILABILITY_OFFER, P.SESSION_ANSWER, P.SESSION_COMPLETE})
_CITY_OFFICER = frozenset({P.CONTRACT_VIEW, P.SCORE_VIEW, P.RANKING_VIEW})
_DISTRICT_OFFICER = _CITY_OFFICER | {
    P.SCORE_MARK,
    P.MARK_REVIEW,
    P.CONTRACT_MANAGE,
    P.APPEAL_ANSWER,
    P.AGENCY_CONFIRM,
}

ALL = (
    Role("agency_director", _("机构负责人"), AGENCY, _DIRECTOR, needs_mfa=True),
    Role("station_head", _("站长"), AGENCY, _HEAD),
    Role("worker", _("社工"), AGENCY, _WORKER),
    Role("intern", _("实习生"), AGENCY, _INTERN),
    Role("finance", _("财务"), AGENCY, _FINANCE),
    Role("fund_committee", _("基金管委会委员"), AGENCY, _COMMITTEE | {P.GRANT_DECIDE}),
    Role("fund_monitor", _("基金监督员"), AGENCY, _COMMITTEE | {P.GRANT_MONITOR, P.OBJECTION_ANSWER}),
    Role(
        "volunteer_coordinator",
        _("志愿者管理员"),
        AGENCY,
        _EVERY_MEMBER | {P.VOLUNTEER_VIEW, P.VOLUNTEER_MANAGE, P.VOLUNTEER_VERIFY},
    ),
    # Nobody is given this role: it is an operator's for the hours of an approved emergency (tenants/emergency).
    Role("emergency", _("平台紧急查看"), AGENCY, _LOOK, needs_mfa=True),
    Role("district_officer", _("区级主管人员"), SHARED, _DISTRICT_OFFICER, needs_mfa=True),
    Role(
        "city_officer",
        _("市级主管人员"),
        SHARED,
        _CITY_OFFICER,
        needs_mfa=True,
    ),
    Role("supervisor", _("督导"), SHARED, _SUPERVISOR),
    Role("evaluator", _("评估专家"), SHARED, frozenset({P.CONTRACT_VIEW, P.SCORE_VIEW, P.SCORE_MARK})),
    Role("operator", _("平台运营"), SHARED, frozenset({P.TENANT_OPERATE, P.AGENCY_CONFIRM}), needs_mfa=True),
)
BY_SLUG = {role.slug: role for role in ALL}
EMERGENCY = "emergency"
AGENCY_ROLES = tuple(role for role in ALL if role.floor == AGENCY and role.slug != EMERGENCY)
SHARED_ROLES = tuple(role for role in ALL if role.floor == SHARED)
# Roles of people from outside the agency: they take no seat of its plan.
SEATLESS = frozenset({"fund_committee", "fund_monitor"})
