"""What a region's programme asks of supervision: data, read through programmes.door."""

import datetime as dt
from dataclasses import dataclass

from accounts.access import area_prefix
from programmes import door as programmes


@dataclass(frozen=True)
class Policy:
    """Numbers of the programme in force where a station stands; None where no programme says anything."""

    max_gap_days: int | None = None
    min_minutes_month: int | None = None
    group_size: int | None = None
    notice_hours: int | None = None


def policy_of(region: str, day: dt.date) -> Policy:
    """Return the policy of the programme that covers the division `region` on `day`; the narrowest region wins."""
    covering = [
        found
        for found in programmes.programmes()
        if region.startswith(area_prefix(found.region)) and found.valid_from <= day <= found.valid_to
    ]
    if not covering:
        return Policy()
    nearest = max(covering, key=lambda found: len(area_prefix(found.region)))
    values = {row.code: int(row.value) for row in nearest.supervision}
    return Policy(
        max_gap_days=values.get("max_gap_days"),
        min_minutes_month=values.get("min_minutes_month"),
        group_size=values.get("group_size"),
        notice_hours=values.get("notice_hours"),
    )
