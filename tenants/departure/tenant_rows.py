"""Which shared rows are an agency's: those that name it, and those that hang on such a row."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Model, QuerySet

from tenants.models import Tenant

# Shared rows that name no agency themselves but belong to one that does: the way from the row to the agency.
WAYS: Final[Mapping[str, str]] = {
    "tenants.Tenant": "pk",
    "contracts.ContractParty": "contract__provider",
    "contracts.Deliverable": "contract__provider",
    "contracts.ScoreSheet": "contract__provider",
    "contracts.Mark": "contract__provider",
    "contracts.Appeal": "contract__provider",
    "contracts.AppealFile": "appeal__contract__provider",
    "contracts.KeptScore": "contract__provider",
    "contracts.LineDecision": "contract__provider",
    "contracts.SheetConfirmation": "sheet__contract__provider",
    "contracts.TermVersion": "contract__provider",
    "supervision.Attendance": "booking__tenant",
    "accounts.User": "memberships__tenant",
    "billing.Subscription": "account__tenant",
    "billing.Bill": "account__tenant",
    "billing.BillLine": "bill__account__tenant",
    "billing.Movement": "account__tenant",
}


def tenant_models() -> Iterator[tuple[type[Model], str]]:
    """Yield each shared model that holds rows of agencies, with the way from a row to its agency."""
    for model in apps.get_models():
        if model._meta.app_config.name in settings.SHARED_APPS and (
            way := WAYS.get(model._meta.label) or names_agency(model)
        ):
            yield model, way


def names_agency(model: type[Model]) -> str:
    """Return the field by which a shared model names an agency: a foreign key to it, or its slug; '' for none."""
    for field in model._meta.concrete_fields:
        if field.related_model is Tenant or field.name == "tenant":
            return field.name
    return ""


def rows_of(model: type[Model], way: str, tenant: Tenant) -> "QuerySet[Any]":
    """Return the rows of a shared model that are the agency's."""
    field: Any = None
    if way != "pk":
        for name in way.split("__"):
            field = (field.related_model if field else model)._meta.get_field(name)
    is_slug = field is not None and not field.is_relation
    return model._default_manager.filter(**{way: tenant.slug if is_slug else tenant.pk}).distinct()
