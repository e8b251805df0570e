"""The tone in which a state word is shown. The word itself always stands beside the colour."""

from typing import Final

GOOD: Final = "good"
WARN: Final = "warn"
BAD: Final = "bad"
BUSY: Final = "busy"
QUIET: Final = "quiet"

GOOD_STATES: Final = frozenset({
    "accepted", "active", "approved", "completed", "confirmed", "countersigned", "done", "good", "excellent", "joined",
    "final", "matched", "met", "paid", "published", "stored", "success", "verified",
})  # fmt: skip
WARN_STATES: Final = frozenset({
    "asked", "due", "expiring", "held", "late", "leaving", "objected", "partial", "pending", "pass", "requested",
    "returned", "unknown", "upheld", "warning", "waiting",
})  # fmt: skip
BAD_STATES: Final = frozenset({
    "bad", "cancelled", "declined", "deleted", "error", "fail", "failed", "missed", "not_stored", "overdue",
    "past_due", "rejected", "suspended", "vetoed", "withdrawn",
})  # fmt: skip
BUSY_STATES: Final = frozenset({
    "assessed", "busy", "info", "notice", "on_notice", "open", "opened", "payable", "prepared", "provisioning",
    "running", "signed", "submitted",
})  # fmt: skip


def tone_of(state: str) -> str:
    """Return good, warn, bad, busy, or quiet for a word not listed (draft, closed, expired…)."""
    for tone, states in ((GOOD, GOOD_STATES), (WARN, WARN_STATES), (BAD, BAD_STATES), (BUSY, BUSY_STATES)):
        if state in states:
            return tone
    return QUIET
