"""What the database itself refuses. Every constraint of every model has a row here; coverage would not see them."""

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from psycopg.types.range import TimestamptzRange

from tenants.models import Tenant
from tenants.running import in_public, in_tenant

DAY, BEFORE = dt.date(2026, 3, 2), dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
HOUR = TimestamptzRange(NOON, NOON + dt.timedelta(hours=1), "[)")
LATER = TimestamptzRange(NOON + dt.timedelta(minutes=30), NOON + dt.timedelta(hours=2), "[)")

STATION = {"tenant": "north", "code": "s1", "name": "某站", "opened_on": DAY, "region_id": "370102001", "agency": "甲"}
CONTRACT = {
    "number": "甲-1", "title": "某项目", "programme": "jinan", "digest": "0", "area": "370102001", "starts_on": DAY,
    "ends_on": DAY, "amount": Decimal(1), "provider_id": 1,
}  # fmt: skip
SERVED = {"contract_id": 1, "tenant": "north", "code": "s1", "name": "某站", "region": "370102001",
          "starts_on": DAY, "ends_on": DAY}  # fmt: skip
SHEET = {
    "contract_id": 1, "as_of": DAY, "lines": [], "quantities": {}, "total": 1, "grade": "a", "grade_name": "甲",
    "programme_digest": "0", "digest": "0",
}  # fmt: skip
MARK_FILE = {"mark_id": 1, "kind": "photo", "size": 1, "sha256": "0", "file": "x"}
APPEAL = {"contract_id": 1, "code": "1.1", "points": 1, "reason": "材料齐全"}
OFFER = {"supervisor_id": 1, "starts_at": NOON, "ends_at": NOON + dt.timedelta(hours=1), "modality": "online"}
BOOKING = {
    "supervisor_id": 1, "during": HOUR, "tenant": "north", "station": "s1", "station_name": "某站", "booked_by_id": 1,
    "modality": "online", "state": "confirmed", "answer_by": NOON,
}  # fmt: skip
SITE = {"code": "s1", "name": "某站", "level": "station", "label": "站", "path": "/s1/", "region": "370102001",
        "opened_on": DAY}  # fmt: skip
PERSON = {"name": "某人", "name_key": "某人", "pinyin": "mouren", "initials": "mr"}
CLIENT = {**PERSON, "site_id": 1, "opened_on": DAY}
POSTING = {"staff_id": 1, "site_id": 1, "post": "social_worker", "started_on": DAY}
VOLUNTEER = {**PERSON, "number": "V1", "site_id": 1, "registered_on": DAY}
HOURS = {"volunteer_id": 1, "site_id": 1, "served_on": DAY, "minutes": 30, "activity": "陪伴", "recorded_by": "a"}
RECORD = {
    "kind": "home_visit", "site_id": 1, "worker_id": 1, "held_at": NOON, "minutes": 60, "during": HOUR,
    "setting": "home", "recorded_by": "a", "recorded_at": NOON,
}  # fmt: skip
CATEGORY = {"client_id": 1, "code": "living_alone", "code_list": "2026", "from_on": DAY}
ANSWER = {"user": "a", "path": "/", "key": "k", "fingerprint": "f"}
LOOK = {"tenant_id": 1, "asked_by_id": 1, "reason": "排查故障", "hours": 1}
PAYER = {"kind": "bureau", "name": "某局", "area": "370102"}
TAKEN = {
    "account_id": 1, "plan": "standard", "interval": "month", "stations": 1, "seats": 1, "station_price": 1,
    "seat_price": 1, "state": "trialing", "trial_until": NOON,
}  # fmt: skip
BILL = {"number": "B1", "account_id": 1, "subscription_id": 1, "amount": 1, "issued_on": DAY, "due_on": DAY}
COUPON = {"code": "PILOT", "percent": 50, "periods": 1, "valid_until": DAY, "most": 1, "made_by": "a"}
ASKED = {"kind": "copy", "client_id": 1, "asker": "self", "received_on": DAY, "due_on": DAY + dt.timedelta(days=21)}
BOOK = {"name": "某账套", "opened_on": DAY}
ACCOUNT = {"book_id": 1, "code": "1002", "name": "银行", "kind": "asset"}
ENTRY = {
    "book_id": 1, "number": 1, "key": "k", "kind": "donation", "occurred_on": DAY, "recorded_at": NOON,
    "posted_by": "a", "source": "tests.row:1", "size": 2, "digest": "0",
}  # fmt: skip
FUND = {
    "code": "F1", "name": "某基金", "custodian": "慈善会", "programme": "jinan-funds", "digest": "0", "book_id": 1,
    "opening_amount": 30000, "opened_on": DAY,
}  # fmt: skip
SEAT = {"fund_id": 1, "person": "a", "name": "某人", "role": "member", "from_on": DAY}
PURPOSE = {"fund_id": 1, "name": "助学", "free_id": 1, "reserved_id": 2}
CAMPAIGN = {"fund_id": 1, "purpose_id": 1, "name": "九九", "starts_on": DAY, "ends_on": DAY, "target": 1}
DONATION = {
    "fund_id": 1, "purpose_id": 1, "kind": "cash", "giver": "person", "donor": "某人", "amount": 1, "received_on": DAY,
    "entry_id": 1, "recorded_by": "a",
}  # fmt: skip
REFUND = {"donation_id": 1, "amount": 1, "reason": "重复", "asked_by": "a"}
HAND_OVER = {"fund_id": 1, "amount": 1, "asked_by": "a"}
LINE = {"statement_id": 1, "fund_id": 1, "on": DAY, "amount": 1, "fingerprint": "f"}
REPORT = {
    "fund_id": 1,
    "kind": "quarter",
    "from_on": DAY,
    "to_on": DAY,
    "due_on": DAY,
    "figures": {},
    "published_by": "a",
}
NEED = {"number": "N1", "kind": "activity", "title": "邻里节", "site_id": 1, "opened_by": "a"}
LIMIT = {"kind": "need", "subject": "n", "cap": 10}
APPLICATION = {"number": "A1", "need_id": 1, "fund_id": 1, "purpose_id": 1, "asked": 1, "applied_by": "a"}
BALLOT = {"application_id": 1, "round": 1, "member_id": 1, "person": "a", "verdict": "approve", "seen": "s"}
OPINION = {"application_id": 1, "round": 1, "person": "a", "has_no_objection": True, "seen": "s"}
PAYMENT = {"application_id": 1, "amount": 1, "method": "bank", "seen": "s", "prepared_by": "a"}
MOVEMENT = {"tenant": "north", "fund": "f", "source": "s", "occurred_on": DAY, "amount": 1, "category": "donation"}
NOTICE = {"tenant": "north", "fund": "f", "source": "s", "number": "A1", "kind": "person", "amount": 1, "from_on": DAY,
          "to_on": DAY}  # fmt: skip
PUBLISHED = {"tenant": "north", "fund": "f", "source": "s", "kind": "quarter", "title": "季报", "from_on": DAY,
             "to_on": DAY, "due_on": DAY, "figures": {}}  # fmt: skip

ASKED_IN = {"agency": "甲", "email": "a@example.org", "title": "某项目", "area": "370102", "bureau": "某局",
            "digest": "d", "valid_until": DAY, "made_by": "a"}  # fmt: skip
SIGN_UP = {"state": "verified", "name": "甲", "credit_code": "c", "legal_form": "service", "region": "370102",
           "slug": "jia", "contact": "某人", "email": "a@example.org", "phone": "1", "username": "jia"}  # fmt: skip
OTHERWISE = {"credit_code": "o", "slug": "other", "username": "other"}

# By constraint: its model, and rows of which the last one is refused.
REFUSED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "floor_role_once": ("accounts.FloorRole", [{"user_id": 1, "role": "supervisor", "area": ""}] * 2),
    "audit_answer_once": ("audit.KeptAnswer", [ANSWER] * 2),
    "journal_answer_once": ("journal.KeptAnswer", [ANSWER] * 2),
    "tenant_confirmed_or_refused": (
        "tenants.Tenant",
        [{"slug": "fine", "schema_name": "t_fine", "name": "甲", "confirmed_at": NOON, "refusal": "不明"}],
    ),
    "thing_once": ("evaluation.Thing", [{"tenant": "north", "thing": 1, "sort": "group", "station": "s1"}] * 2),
    "kept_score_once": (
        "contracts.KeptScore",
        [{"contract_id": 1, "day": DAY, "digest": "0", "total": 1, "behind": 0, "weight": 0, "scores": []}] * 2,
    ),
    "notifications_switch_once": ("notifications.Switch", [{"user": "a", "kind": "mark.given", "mail": "now"}] * 2),
    "journal_switch_once": ("journal.Switch", [{"user": "a", "kind": "mark.given", "mail": "now"}] * 2),
    "help_request_closed_with_outcome": (
        "help_requests.HelpRequest", [{"site_id": 1, "topic": "other", "state": "closed"}],
    ),
    "tenant_schema_name_plain": ("tenants.Tenant", [{"slug": "fine", "schema_name": "pg_x", "name": "甲"}]),
    "tenant_slug_plain": ("tenants.Tenant", [{"slug": "public", "schema_name": "t_fine", "name": "甲"}]),
    "tenant_credit_code_once": (
        "tenants.Tenant",
        [{"slug": slug, "schema_name": f"t_{slug}", "name": "甲", "credit_code": "c"} for slug in ("one", "two")],
    ),
    "invitation_joined_by_an_agency": ("enrolment.Invitation", [{**ASKED_IN, "joined_at": NOON}]),
    "invitation_one_end": (
        "enrolment.Invitation", [{**ASKED_IN, "joined_at": NOON, "tenant_id": 1, "taken_back_at": NOON}],
    ),
    "sign_up_slug_plain": ("enrolment.SignUp", [{**SIGN_UP, "slug": "Jia"}]),
    "sign_up_ready_is_whole": ("enrolment.SignUp", [{**SIGN_UP, "state": "ready"}]),
    "sign_up_slug_held_once": ("enrolment.SignUp", [SIGN_UP, {**SIGN_UP, **OTHERWISE, "slug": "jia"}]),
    "sign_up_credit_code_held_once": ("enrolment.SignUp", [SIGN_UP, {**SIGN_UP, **OTHERWISE, "credit_code": "c"}]),
    "sign_up_username_held_once": ("enrolment.SignUp", [SIGN_UP, {**SIGN_UP, **OTHERWISE, "username": "jia"}]),
    "sign_up_invitation_held_once": (
        "enrolment.SignUp", [{**SIGN_UP, "invitation_id": 1}, {**SIGN_UP, **OTHERWISE, "invitation_id": 1}],
    ),
    "emergency_hours": ("tenants.EmergencyAccess", [{**LOOK, "hours": 9}]),
    "emergency_by_two": ("tenants.EmergencyAccess", [{**LOOK, "state": "refused", "answered_by_id": 1}]),
    "emergency_answered_by_somebody": ("tenants.EmergencyAccess", [{**LOOK, "state": "approved"}]),
    "emergency_one_at_a_time": ("tenants.EmergencyAccess", [LOOK] * 2),
    "domain_host_plain": ("tenants.Domain", [{"host": "North.localhost", "tenant_id": 1}]),
    "membership_once": ("tenants.Membership", [{"user_id": 1, "tenant_id": 1, "roles": ["worker"]}] * 2),
    "account_of_agency_or_bureau": ("billing.Account", [{**PAYER, "kind": "agency"}]),
    "account_credit_not_below_zero": ("billing.Account", [{**PAYER, "credit": -1}]),
    "subscription_one_alive": ("billing.Subscription", [TAKEN] * 2),
    "subscription_of_something": ("billing.Subscription", [{**TAKEN, "stations": 0}]),
    "subscription_price_not_below_zero": ("billing.Subscription", [{**TAKEN, "seat_price": -1}]),
    "subscription_has_its_end": ("billing.Subscription", [{**TAKEN, "state": "active"}]),
    "subscription_stripe_by_stripe": ("billing.Subscription", [{**TAKEN, "stripe_id": "sub_1"}]),
    "bill_not_below_zero": ("billing.Bill", [{**BILL, "amount": -1}]),
    "bill_once_a_period": (
        "billing.Bill", [{**BILL, "period_from": NOON}, {**BILL, "period_from": NOON, "number": "B2"}],
    ),
    "coupon_percent": ("billing.Coupon", [{**COUPON, "percent": 101}]),
    "coupon_is_for_something": ("billing.Coupon", [{**COUPON, "periods": 0}]),
    "coupon_used_within_most": ("billing.Coupon", [{**COUPON, "used": 2}]),
    "coupon_code_plain": ("billing.Coupon", [{**COUPON, "code": "pilot 50"}]),
    "movement_direction": (
        "billing.Movement",
        [{"key": "k", "account_id": 1, "kind": "refund", "amount": 1, "channel": "offline", "at": NOON}],
    ),
    "usage_once_a_day": ("billing.UsageDay", [{"tenant_id": 1, "day": DAY}] * 2),
    "region_code_of_level": ("directory.Region", [{"code": "37010x", "name": "甲", "full_name": "甲", "level": 3}]),
    "listing_once": ("directory.StationListing", [STATION] * 2),
    "listing_closed_after_opened": ("directory.StationListing", [{**STATION, "closed_on": BEFORE}]),
    "contract_ends_after_start": ("contracts.Contract", [{**CONTRACT, "ends_on": BEFORE}]),
    "contract_amount_not_below_zero": ("contracts.Contract", [{**CONTRACT, "amount": Decimal(-1)}]),
    "contract_state_kept": ("contracts.Contract", [{**CONTRACT, "state": "ended"}]),
    "party_once": ("contracts.ContractParty", [{"contract_id": 1, "role": "operator", "organisation": "甲"}] * 2),
    "station_in_one_contract_at_a_time": ("contracts.ContractStation", [SERVED, {**SERVED, "contract_id": 2}]),
    "deliverable_once": ("contracts.Deliverable", [{"contract_id": 1, "measure": "home_visits", "target": 1}] * 2),
    "deliverable_above_zero": ("contracts.Deliverable", [{"contract_id": 1, "measure": "home_visits", "target": 0}]),
    "mark_not_below_zero": (
        "contracts.Mark", [{"contract_id": 1, "code": "1.1", "points": -1, "reason": "无", "dated": DAY}],
    ),
    "mark_case_above_zero": ("contracts.MarkCase", [{"mark_id": 1, "day": DAY, "text": "一次", "points": 0}]),
    "mark_file_once": ("contracts.MarkFile", [MARK_FILE] * 2),
    "mark_file_kind_known": ("contracts.MarkFile", [{**MARK_FILE, "kind": "film"}]),
    "appeal_open_once": ("contracts.Appeal", [APPEAL] * 2),
    "appeal_state_known": ("contracts.Appeal", [{**APPEAL, "state": "lost", "answered_at": NOON, "answer": "已复核"}]),
    "appeal_answered_or_open": ("contracts.Appeal", [{**APPEAL, "state": "kept"}]),
    "appeal_effect_upheld": ("contracts.Appeal", [{**APPEAL, "effect": "points"}]),
    "decision_not_below_zero": (
        "contracts.LineDecision",
        [{"contract_id": 1, "code": "1.1", "points": -1, "clause": "第三条", "reason": "无", "dated": DAY}],
    ),
    "sheet_version_once": ("contracts.ScoreSheet", [SHEET] * 2),
    "sheet_correction_replaces": ("contracts.ScoreSheet", [{**SHEET, "version": 2}]),
    "availability_ends_after_start": ("supervision.Availability", [{**OFFER, "ends_at": NOON}]),
    "availability_has_room": ("supervision.Availability", [{**OFFER, "capacity": 0}]),
    "window_is_plain": (
        "supervision.OpenWindow",
        [{"availability_id": 1, "supervisor_id": 1, "during": TimestamptzRange(NOON, None), "modality": "online",
          "capacity": 1}],
    ),
    "booking_is_plain": ("supervision.Booking", [{**BOOKING, "during": TimestamptzRange(empty=True)}]),
    "booking_one_at_a_time": ("supervision.Booking", [BOOKING, {**BOOKING, "during": LATER, "state": "requested"}]),
    "booking_minutes_once_completed": ("supervision.Booking", [{**BOOKING, "state": "completed"}]),
    "booking_minutes_positive": ("supervision.Booking", [{**BOOKING, "state": "completed", "minutes": 0}]),
    "session_attendance_once": ("supervision.Attendance", [{"booking_id": 1, "user_id": 1}] * 2),
    "site_closes_after_opening": ("network.Site", [{**SITE, "closed_on": BEFORE}]),
    "staff_ends_after_start": (
        "people.Staff", [{**PERSON, "employment": "full_time", "started_on": DAY, "ended_on": BEFORE}],
    ),
    "certificate_once": ("people.Certificate", [{"staff_id": 1, "kind": "assistant", "issued_on": DAY}] * 2),
    "posting_ends_after_start": ("people.Posting", [{**POSTING, "ended_on": BEFORE}]),
    "posting_once_at_a_site": ("people.Posting", [POSTING, {**POSTING, "started_on": DAY + dt.timedelta(days=9)}]),
    "category_ends_after_start": ("clients.ClientCategory", [{**CATEGORY, "to_on": BEFORE}]),
    "category_once_a_day": ("clients.ClientCategory", [CATEGORY] * 2),
    "volunteer_leaves_after_joining": ("volunteers.Volunteer", [{**VOLUNTEER, "left_on": BEFORE}]),
    "training_minutes": ("volunteers.Training", [{"volunteer_id": 1, "title": "甲", "held_on": DAY, "minutes": 0}]),
    "hours_minutes": ("volunteers.HourRecord", [{**HOURS, "minutes": 1441}]),
    "hours_verified_by_another": ("volunteers.HourRecord", [{**HOURS, "state": "verified", "verified_by": "a"}]),
    "record_minutes": (
        "records.ServiceRecord",
        [{**RECORD, "minutes": 721, "during": TimestamptzRange(NOON, NOON + dt.timedelta(minutes=721), "[)")}],
    ),
    "record_during_agrees": ("records.ServiceRecord", [{**RECORD, "during": LATER}]),
    "record_worker_in_one_place": (
        "records.ServiceRecord",
        [RECORD, {**RECORD, "held_at": LATER.lower, "minutes": 90, "during": LATER, "site_id": 2}],
    ),
    "account_code_once": ("ledger.Account", [ACCOUNT] * 2),
    "account_never_below_nothing": ("ledger.Account", [{**ACCOUNT, "balance": -1}]),
    "entry_ref_once": ("ledger.Entry", [{**ENTRY, "ref": "r"}, {**ENTRY, "ref": "r", "number": 2, "key": "other"}]),
    "entry_number_once": ("ledger.Entry", [ENTRY, {**ENTRY, "key": "other"}]),
    "entry_key_once": ("ledger.Entry", [ENTRY, {**ENTRY, "number": 2}]),
    "entry_has_two_legs": ("ledger.Entry", [{**ENTRY, "size": 1}]),
    "anchor_once_a_day": ("ledger.Anchor", [{"book_id": 1, "on": DAY, "entries": 1, "digest": "0"}] * 2),
    "fund_opening_not_negative": ("funds.Fund", [{**FUND, "opening_amount": -1}]),
    "fund_closes_after_opening": ("funds.Fund", [{**FUND, "state": "closed", "closed_on": BEFORE}]),
    "fund_closed_has_a_day": ("funds.Fund", [{**FUND, "state": "closed"}]),
    "seat_one_at_a_time": ("funds.CommitteeMember", [SEAT] * 2),
    "seat_one_chair": ("funds.CommitteeMember", [{**SEAT, "role": "chair"}, {**SEAT, "role": "chair", "person": "b"}]),
    "seat_ends_after_start": ("funds.CommitteeMember", [{**SEAT, "to_on": BEFORE}]),
    "purpose_name_once": ("funds.Purpose", [PURPOSE, {**PURPOSE, "free_id": 3, "reserved_id": 4}]),
    "purpose_one_general": (
        "funds.Purpose",
        [{**PURPOSE, "is_restricted": False},
         {**PURPOSE, "is_restricted": False, "name": "一般", "free_id": 3, "reserved_id": 4}],
    ),
    "campaign_name_once": ("funds.Campaign", [CAMPAIGN] * 2),
    "campaign_ends_after_start": ("funds.Campaign", [{**CAMPAIGN, "ends_on": BEFORE}]),
    "campaign_target_positive": ("funds.Campaign", [{**CAMPAIGN, "target": 0}]),
    "pledge_promises_something": ("funds.Pledge", [{"campaign_id": 1, "giver": "街道", "rate": 0, "ceiling": 1}]),
    "donation_positive": ("funds.Donation", [{**DONATION, "amount": 0}]),
    "donation_anonymous_has_no_name": ("funds.Donation", [{**DONATION, "giver": "anonymous"}]),
    "donation_goods_are_valued": ("funds.Donation", [{**DONATION, "kind": "in_kind", "goods": "大米"}]),
    "donation_refund_positive": ("funds.DonationRefund", [{**REFUND, "amount": 0}]),
    "donation_refund_by_two": (
        "funds.DonationRefund", [{**REFUND, "state": "done", "released_by": "a", "entry_id": 1}],
    ),
    "donation_refund_one_asked": ("funds.DonationRefund", [REFUND] * 2),
    "hand_over_positive": ("funds.ResidualTransfer", [{**HAND_OVER, "amount": 0}]),
    "hand_over_by_two": ("funds.ResidualTransfer", [{**HAND_OVER, "state": "done", "released_by": "a"}]),
    "hand_over_one_asked": ("funds.ResidualTransfer", [HAND_OVER] * 2),
    "receipt_one_valid": (
        "funds.Receipt",
        [{"donation_id": 1, "number": number, "amount": 1, "issued_on": DAY, "issued_by": "a"} for number in "12"],
    ),
    "receipt_positive": (
        "funds.Receipt", [{"donation_id": 1, "number": "1", "amount": 0, "issued_on": DAY, "issued_by": "a"}],
    ),
    "bank_file_once": (
        "funds.BankImport", [{"fund_id": 1, "file_name": "f", "file_digest": "d", "imported_by": "a"}] * 2,
    ),
    "bank_line_once": ("funds.BankLine", [LINE] * 2),
    "bank_line_moves_something": ("funds.BankLine", [{**LINE, "amount": 0}]),
    "bank_line_matched_has_entry": ("funds.BankLine", [{**LINE, "state": "matched"}]),
    "report_once": ("funds.Report", [REPORT] * 2),
    "report_ends_after_start": ("funds.Report", [{**REPORT, "to_on": BEFORE}]),
    "need_of_a_person_or_titled": ("grants.Need", [{**NEED, "kind": "person"}]),
    "limit_once": ("grants.Limit", [LIMIT] * 2),
    "limit_holds": ("grants.Limit", [{**LIMIT, "used": 11}]),
    "application_one_live_per_fund": ("grants.Application", [APPLICATION, {**APPLICATION, "number": "A2"}]),
    "application_asks_something": ("grants.Application", [{**APPLICATION, "asked": 0}]),
    "application_assessed_by_another": ("grants.Application", [{**APPLICATION, "assessed_by": "a"}]),
    "application_granted_says_what": ("grants.Application", [{**APPLICATION, "state": "notice"}]),
    "ballot_once": ("grants.Ballot", [BALLOT] * 2),
    "opinion_once": ("grants.Opinion", [OPINION] * 2),
    "payment_one_live": ("grants.Payment", [PAYMENT] * 2),
    "payment_positive": ("grants.Payment", [{**PAYMENT, "amount": 0}]),
    "payment_by_two": ("grants.Payment", [{**PAYMENT, "state": "paid", "released_by": "a", "entry_id": 1}]),
    "repayment_positive": (
        "grants.Repayment",
        [{"application_id": 1, "amount": 0, "reason": "退", "received_on": DAY, "entry_id": 1, "recorded_by": "a"}],
    ),
    "consent_of_one_person": ("clients.Consent", [{"purpose": "service", "given_on": DAY}]),
    "consent_says_something": ("clients.Consent", [{"purpose": "service", "client_id": 1}]),
    "consent_one_at_a_time": ("clients.Consent", [{"purpose": "service", "client_id": 1, "given_on": DAY}] * 2),
    "request_of_one_person": ("rights.PersonRequest", [{**ASKED, "volunteer_id": 1}]),
    "request_due_after_receipt": ("rights.PersonRequest", [{**ASKED, "due_on": BEFORE}]),
    "request_answered_once_checked": ("rights.PersonRequest", [{**ASKED, "state": "done"}]),
    "leaving_one_at_a_time": ("tenants.Leaving", [{"tenant_id": 1, "delete_after": DAY}] * 2),
    "leaving_confirmed_by_another": (
        "tenants.Leaving",
        [{"tenant_id": 1, "delete_after": DAY, "proposed_by": "a", "confirmed_by": "a", "confirmed_at": NOON}],
    ),
    "retained_part_once": (
        "tenants.RetainedRecord",
        [{"tenant_id": 1, "kind": "books", "table": "t", "part": 1, "rows": 1, "body": b"", "digest": "0",
          "keep_until": DAY}] * 2,
    ),
    "movement_once": ("disclosure.Movement", [MOVEMENT] * 2),
    "movement_moves_something": ("disclosure.Movement", [{**MOVEMENT, "amount": 0}]),
    "notice_once": ("disclosure.Notice", [NOTICE] * 2),
    "notice_says_what": ("disclosure.Notice", [{**NOTICE, "amount": 0}]),
    "published_report_once": ("disclosure.PublishedReport", [PUBLISHED] * 2),
    "book_anchor_once_a_day": (
        "disclosure.BookAnchor", [{"tenant": "north", "fund": "f", "on": DAY, "entries": 1, "digest": "0"}] * 2,
    ),
    "staff_invitation_one_end": (
        "people.StaffInvitation",
        [{"name": "某人", "roles": ["worker"], "digest": "d", "valid_until": DAY, "made_by": "a", "joined_at": NOON,
          "taken_back_at": NOON}],
    ),
    "first_hour_is_one": ("start.FirstHour", [{"id": 2}]),
    "client_one_sample": (
        "clients.Client", [{**CLIENT, "number": number, "is_sample": True} for number in ("S1", "S2")],
    ),
    "organisation_credit_code": (
        "directory.Organisation",
        [{"name": name, "kind": "bureau", "area": "370102", "credit_code": "1"} for name in ("甲局", "乙局")],
    ),
    "identity_checked_once": ("grants.IdentityCheck", [{"application_id": 1, "person": "a", "seen": "d"}] * 2),
    "client_open_id_number_hash": (
        "clients.Client", [{**CLIENT, "number": number, "id_number_hash": "h"} for number in ("C1", "C2")],
    ),
    "client_only_samples_go": ("clients.Client", [{**CLIENT, "number": "C1", "removed_at": NOON}]),
    "attendance_once": ("records.Attendance", [{"record_id": 1, "client_id": 1}] * 2),
    "record_version_once": (
        "records.RecordVersion", [{"record_id": 1, "version": 1, "said_sealed": b"", "reason": "改正", "by": "a"}] * 2,
    ),
}  # fmt: skip

# Kept by INSERT ... ON CONFLICT, whose statements name their columns: tests/platform/evaluation/test_facts.py.
UPSERTED = {"fact_once"}
# Names of saved filters: tests/tenants/test_saved_filters.py. Lists being written: tests/tenants/test_list_files.py.
# Versions of facts, which the application may not add at all: tests/platform/contracts/known/test_terms.py.
# Legs, which a trigger looks at first: tests/services/ledger/test_attacks.py.
ELSEWHERE = {
    "accounts_filter_name_once", "journal_filter_name_once", "accounts_list_file_once", "journal_list_file_once",
    "leg_version_once", "leg_position_once", "leg_moves_something", "version_known_for_a_time",
}  # fmt: skip


def declared() -> Iterator[str]:
    for config in apps.get_app_configs():
        if config.name in (*settings.SHARED_APPS, *settings.TENANT_APPS) and "." not in config.name.removeprefix(
            "services."
        ):
            for model in config.get_models():
                if not model.__module__.startswith(("django.", "allauth.")):
                    yield from (constraint.name for constraint in model._meta.constraints)


def test_every_constraint_has_a_row_here() -> None:
    assert set(declared()) - UPSERTED - ELSEWHERE == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name: str, north_row: Tenant) -> None:
    label, rows = REFUSED[name]
    model = apps.get_model(label)
    in_agency = model._meta.app_config.name in settings.TENANT_APPS

    with in_tenant(north_row) if in_agency else in_public():
        if label.startswith("ledger."):  # its triggers look the book up
            apps.get_model("ledger.Book")(pk=1, **BOOK).save(force_insert=True)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            for values in rows:
                row: models.Model = model(**values)
                if any(field.name == "submission" for field in model._meta.fields):
                    row.submission = uuid.uuid4()  # type: ignore[attr-defined]
                row.save(force_insert=True)
