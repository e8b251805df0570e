"""What counts goes by the database's clock; nothing counts by a field that takes the machine's time by default."""

import datetime as dt

from django.apps import apps
from django.db import models
from django.utils import timezone

MACHINES = (timezone.now, timezone.localdate, dt.date.today, dt.datetime.now)
SHOWN = "shown and sorted by; no cap, limit, deadline or book reads it"
SWEPT = "a sweep of days or minutes reads it: a wrong clock makes it early or late, and nothing is counted by it"
ALLOWED = {
    "accounts.ApiToken.created_at": SHOWN,
    "accounts.ListFile.asked_at": SWEPT,
    "accounts.SavedFilter.saved_at": SHOWN,
    "accounts.User.joined_at": SHOWN,
    "audit.KeptAnswer.at": SWEPT,
    "billing.Account.made_at": SHOWN,
    "billing.Coupon.made_at": SHOWN,
    "billing.Reconciliation.at": SHOWN,
    "billing.StripeEvent.received_at": SHOWN,
    "billing.Subscription.made_at": SHOWN,
    "clients.Client.changed_at": SHOWN,
    "contracts.MarkFile.added_at": SHOWN,
    "contracts.ScoreSheet.published_at": SHOWN,
    "disclosure.PublicFund.changed_at": SHOWN,
    "disclosure.PublishedReport.published_at": SHOWN,
    "enrolment.Invitation.made_at": SHOWN,
    "enrolment.SignUp.begun_at": SHOWN,
    "enrolment.SignUp.touched_at": SWEPT,
    "funds.BankImport.imported_at": SHOWN,
    "funds.DonationRefund.asked_at": SHOWN,
    "funds.ResidualTransfer.asked_at": SHOWN,
    "funds.Report.published_at": SHOWN,
    "journal.KeptAnswer.at": SWEPT,
    "journal.ListFile.asked_at": SWEPT,
    "journal.SavedFilter.saved_at": SHOWN,
    "leaving.Export.asked_at": SHOWN,
    "letters.Letter.written_at": SWEPT,
    "network.ProgrammeChoice.chosen_at": SHOWN,
    "network.Site.created_at": SHOWN,
    "operating.StructureCheck.at": SHOWN,
    "people.StaffInvitation.made_at": SHOWN,
    "records.RecordVersion.at": SHOWN,
    "tenants.Blueprint.made_at": SHOWN,
    "tenants.EmergencyAccess.asked_at": SHOWN,
    "tenants.Leaving.asked_at": SHOWN,
    "tenants.Membership.joined_on": SHOWN,
    "tenants.RetainedRecord.kept_at": SHOWN,
    "tenants.Tenant.created_at": SHOWN,
}


def by_the_machine(field: models.Field) -> bool:  # type: ignore[type-arg]
    return field.default in MACHINES or bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def test_no_field_that_counts_takes_the_machines_time() -> None:
    """A new one is either `db_default=Now()`, or stands above with the reason why nothing goes by it."""
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if not model.__module__.startswith(("django.", "allauth."))
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and by_the_machine(field)
    }

    assert found == set(ALLOWED)
    assert all(reason in (SHOWN, SWEPT) for reason in ALLOWED.values())
