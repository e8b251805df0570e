"""The lines of the shared floor's log that concern a contract."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from audit.models import AuditEntry
from contracts.models import Appeal, Contract

NOUNS: Final = (
    "contracts.contract", "contracts.mark", "contracts.line", "contracts.sheet", "contracts.appeal",
    "contracts.history",
)  # fmt: skip
# Who reads or exports is noted for the purchaser; it is no act on the agency's contract.
FOR_OFFICERS_ONLY: Final = ("contracts.history.exported",)


def lines_of(contract: Contract) -> QuerySet[AuditEntry]:
    """Return what was done to a contract itself, and to its marks, sheets and appeals: each line names its contract."""
    told = Q(Exact(KeyTextTransform("contract", "details"), contract.ref)) & Q(details__has_key="contract")
    return AuditEntry.objects.filter(Q(object_kind="contract", object_ref=contract.ref) | told)


def about(entry: AuditEntry) -> str:
    """Return in words what the line says besides: the line of the score, the points, how an appeal ended."""
    told: dict[str, Any] = entry.details
    words = []
    if code := told.get("code"):
        words.append(_("评分项 %(code)s") % {"code": code})
    if points := told.get("points") or told.get("total"):
        words.append(_("%(points)s 分") % {"points": points})
    if entry.act == "contracts.appeal.answered":
        words.append(str(Appeal.State(told["state"]).label) if told.get("state") in Appeal.State.values else "")
    return "，".join(word for word in words if word) or "–"
