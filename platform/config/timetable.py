"""What runs by the clock, in Shanghai time: beat sends these tasks."""

from typing import Any, Final

from celery.schedules import crontab

TIMETABLE: Final[dict[str, dict[str, Any]]] = {
    "expire unanswered requests": {
        "task": "supervision.tasks.expire_unanswered_requests",
        "schedule": crontab(minute="*/10"),
    },
    "end public notices of grants": {
        "task": "services.grants.tasks.end_notices",
        "schedule": crontab(minute="*/10"),
    },
    "take up unfinished payment runs": {
        "task": "services.grants.tasks.resume_runs",
        "schedule": crontab(minute="*/5"),
    },
    "recount the limits of grants": {
        "task": "services.grants.tasks.recount_limits",
        "schedule": crontab(hour="4", minute="10"),
    },
    "compare the clocks": {
        "task": "tenants.tasks.compare_clocks",
        "schedule": crontab(minute="*/5"),
    },
    "look up unknown commits": {
        "task": "tenants.tasks.look_up_unknown_commits",
        "schedule": crontab(),
    },
    "forget what expired": {
        "task": "tenants.tasks.forget_what_expired",
        "schedule": crontab(hour="3", minute="40"),
    },
    # At night and not at their next use: no process of a release that cannot read them is left by then.
    "seal second factors": {
        "task": "tenants.tasks.seal_second_factors",
        "schedule": crontab(hour="3", minute="30"),
    },
    "take up unfinished agencies": {
        "task": "tenants.tasks.provision_unfinished",
        "schedule": crontab(),
    },
    "seal the logs": {
        "task": "operating.tasks.seal_logs",
        "schedule": crontab(),
    },
    "verify the logs": {
        "task": "operating.tasks.verify_logs",
        "schedule": crontab(hour="2", minute="20"),
    },
    # After the logs and the books were verified and anchored.
    "keep the day's anchors outside": {
        "task": "operating.tasks.send_anchors",
        "schedule": crontab(hour="3", minute="10"),
    },
    "take up unfinished sign-ups": {
        "task": "enrolment.tasks.take_up_unfinished",
        "schedule": crontab(),
    },
    "clear removed samples": {
        "task": "services.start.tasks.clear_removed",
        "schedule": crontab(hour="4", minute="40"),
    },
    "forget unfinished sign-ups": {
        "task": "enrolment.tasks.forget_unfinished",
        "schedule": crontab(minute="25"),
    },
    "check the agencies' structures": {
        "task": "operating.tasks.check_structures",
        "schedule": crontab(hour="4", minute="40"),
    },
    "end looks in emergencies": {
        "task": "operating.tasks.end_emergencies",
        "schedule": crontab(minute="*/10"),
    },
    "let time pass for plans": {
        "task": "billing.tasks.pass_time",
        "schedule": crontab(minute="5"),
    },
    "measure what agencies use": {
        "task": "billing.tasks.measure_usage",
        "schedule": crontab(minute="25"),
    },
    "work off Stripe's events that wait": {
        "task": "billing.tasks.work_off_waiting",
        "schedule": crontab(minute="*/5"),
    },
    "tell Stripe what was used": {
        "task": "billing.tasks.report_usage",
        "schedule": crontab(hour="4", minute="50"),
    },
    "end the plans of who leaves": {
        "task": "billing.tasks.end_plans_of_leavers",
        "schedule": crontab(minute="35"),
    },
    "compare our books with Stripe's": {
        "task": "billing.tasks.reconcile",
        "schedule": crontab(hour="5", minute="10"),
    },
    "keep the scores": {
        "task": "operating.tasks.keep_scores",
        "schedule": crontab(),
    },
    "verify the kept scores": {
        "task": "operating.tasks.verify_scores",
        "schedule": crontab(hour="4", minute="20"),
    },
    "send letters that wait": {
        "task": "letters.tasks.send_waiting",
        "schedule": crontab(minute="*/5"),
    },
    "deliver notifications": {
        "task": "notifications.tasks.deliver",
        "schedule": crontab(),
    },
    # Before the working day, after the night's checks have told what they found.
    "write digests of notifications": {
        "task": "notifications.tasks.write_digests",
        "schedule": crontab(hour="7", minute="30"),
    },
    "forget old notifications": {
        "task": "notifications.tasks.forget_old",
        "schedule": crontab(hour="3", minute="55"),
    },
    "show how many work at each station": {
        "task": "services.start.tasks.show_people",
        "schedule": crontab(hour="0", minute="20"),
    },
    "let go of old requests for help": {
        "task": "services.start.tasks.forget_help_requests",
        "schedule": crontab(hour="4", minute="45"),
    },
    "tell of deadlines": {
        "task": "services.start.tasks.tell_of_deadlines",
        "schedule": crontab(hour="7", minute="10"),
    },
    "let go of old letters": {
        "task": "letters.tasks.forget_old_letters",
        "schedule": crontab(hour="3", minute="50"),
    },
    "verify and anchor the funds' books": {
        "task": "services.funds.tasks.verify_and_anchor",
        "schedule": crontab(hour="2", minute="40"),
    },
    "take up unfinished deletions": {
        "task": "tenants.tasks.finish_deletions",
        "schedule": crontab(minute="*/10"),
    },
    "take up unfinished exports": {
        "task": "services.leaving.tasks.resume_exports",
        "schedule": crontab(minute="*/5"),
    },
    "take up unfinished files of lists": {
        "task": "tenants.tasks.take_up_list_files",
        "schedule": crontab(minute="*/2"),
    },
    "let go of expired files of lists": {
        "task": "tenants.tasks.remove_expired_list_files",
        "schedule": crontab(minute="45"),
    },
    "remind of a person's requests that are due": {
        "task": "services.rights.tasks.remind_of_requests",
        "schedule": crontab(hour="8", minute="30"),
    },
    "settle for agencies that are gone": {
        "task": "services.leaving.tasks.settle_for_the_departed",
        "schedule": crontab(minute="25"),
    },
    "let go of expired exports": {
        "task": "services.leaving.tasks.remove_expired_exports",
        "schedule": crontab(hour="3", minute="50"),
    },
    "move the horizon of open windows": {
        "task": "supervision.tasks.refresh_open_windows",
        "schedule": crontab(hour="3", minute="20"),
    },
}
