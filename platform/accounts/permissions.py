"""What one may be allowed to do: NOUN_VERB. Roles (roles.py) hold sets of these."""

from enum import StrEnum


class Permission(StrEnum):
    # An agency's workroom.
    STATION_VIEW = "station.view"
    STATION_MANAGE = "station.manage"
    STAFF_VIEW = "staff.view"
    STAFF_MANAGE = "staff.manage"
    CLIENT_VIEW = "client.view"
    CLIENT_VIEW_ALL = "client.view_all"
    CLIENT_MANAGE = "client.manage"
    CLIENT_REVEAL = "client.reveal"
    RECORD_VIEW = "record.view"
    RECORD_WRITE = "record.write"
    RECORD_COUNTERSIGN = "record.countersign"
    VOLUNTEER_VIEW = "volunteer.view"
    VOLUNTEER_MANAGE = "volunteer.manage"
    VOLUNTEER_VERIFY = "volunteer.verify"
    OWN_SCORE_VIEW = "own_score.view"
    APPEAL_MAKE = "appeal.make"
    SUPERVISION_BOOK = "supervision.book"
    MEMBER_MANAGE = "member.manage"
    LOG_VIEW = "log.view"
    # The shared floor.
    CONTRACT_VIEW = "contract.view"
    CONTRACT_MANAGE = "contract.manage"
    SCORE_VIEW = "score.view"
    SCORE_MARK = "score.mark"
    APPEAL_ANSWER = "appeal.answer"
    RANKING_VIEW = "ranking.view"
    DESK_VIEW = "desk.view"
    AVAILABILITY_OFFER = "availability.offer"
    SESSION_COMPLETE = "session.complete"
    TENANT_OPERATE = "tenant.operate"
