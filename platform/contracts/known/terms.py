"""A contract as it was known at a moment: its terms, its stations, what it promised."""

import copy
import datetime as dt
from typing import Any, TypeVar

from django.db.models import Model

from contracts.models import Contract, ContractStation, Deliverable, TermVersion

Kind = TermVersion.Kind
Row = TypeVar("Row", ContractStation, Deliverable)


def as_known(contract: Contract, known: dt.datetime | None) -> Contract | None:
    """Return the contract as it was known at the moment `known`; itself without one; None if nobody knew of it yet.

    Its stations and deliverables are those of that moment. Read only: what comes back is not to be saved.
    """
    if known is None:
        return contract
    then = [version for version in contract.term_versions.all() if version.known_from < known <= version.known_until]
    versions = {kind: [one for one in then if one.kind == kind] for kind in Kind}
    if contract.known_from < known:
        found = copy.copy(contract)
    elif versions[Kind.CONTRACT]:
        found = copy.copy(contract)
        _put(found, versions[Kind.CONTRACT][0].said)
    else:
        return None
    stations = _rows(ContractStation, list(contract.stations.all()), versions[Kind.STATION], known)
    promised = _rows(Deliverable, list(contract.deliverables.all()), versions[Kind.DELIVERABLE], known)
    kept = getattr(contract, "_prefetched_objects_cache", {})
    found._prefetched_objects_cache = {  # type: ignore[attr-defined]  # where Django looks for what was loaded
        **kept,
        "stations": sorted(stations, key=lambda station: station.code),
        "deliverables": sorted(promised, key=lambda deliverable: deliverable.pk),
    }
    return found


def _rows(model: type[Row], live: list[Row], versions: list[TermVersion], known: dt.datetime) -> list[Row]:
    """Return the live rows that were known then, and those that were said then and are no more."""
    found = [row for row in live if row.known_from < known]
    for version in versions:
        row = model()
        _put(row, version.said)
        found.append(row)
    return found


def _put(row: Model, said: dict[str, Any]) -> None:
    """Set the row's fields to what its JSON form says."""
    for field in row._meta.concrete_fields:
        if field.column in said:
            setattr(row, field.attname, field.to_python(said[field.column]))
