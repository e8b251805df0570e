"""Who may hold which mark, for which party a person marks, and who may see a mark's files."""

from django.http import Http404, HttpRequest

from accounts.access import Access, area_prefix
from accounts.permissions import Permission
from contracts.access import get_contract, get_own_contract
from contracts.models import Contract, ContractParty, Mark, MarkFile

Role = ContractParty.Role


def parties_of(who: Access, contract: Contract) -> list[str]:
    """Return for which parties of a contract a person of its area may mark, the likeliest first.

    An evaluator marks for the evaluator. A district officer marks for the party whose area is one of theirs, purchaser
    or supervising authority; for the purchaser where the contract says no area that tells. Who fits several chooses.
    """
    found = [Role.EVALUATOR] if "evaluator" in who.roles else []
    if "district_officer" in who.roles:
        named = {party.role for party in contract.parties.all() if _is_of(party.area, who.area_prefixes)}
        found += [role for role in (Role.PURCHASER, Role.AUTHORITY) if role in named] or [Role.PURCHASER]
    return [str(role) for role in found]


def _is_of(area: str, prefixes: tuple[str, ...]) -> bool:
    """Tell whether a party's area is one of a person's own: not one that merely lies around or within it."""
    return bool(area) and area_prefix(area) in prefixes


def get_mark(request: HttpRequest, ref: str, mark_ref: str, permission: Permission) -> Mark:
    """Return a mark, withdrawn or not, on a contract that this person may hold with `permission`.

    :raises PermissionDenied: without the permission.
    :raises Http404: for an unknown mark or a contract outside the person's areas.
    """
    contract = get_contract(request, ref, permission)
    mark = Mark.objects.select_related("by").filter(contract=contract, ref=mark_ref).first()
    if mark is None:
        raise Http404
    mark.contract = contract
    return mark


def get_file(request: HttpRequest, ref: str, file_ref: str) -> MarkFile:
    """Return a photo or paper of a mark on a contract whose score this person may see on the shared host.

    :raises PermissionDenied: without the permission.
    :raises Http404: for an unknown file or a contract outside the person's areas.
    """
    return _file(get_contract(request, ref, Permission.SCORE_VIEW), file_ref)


def get_own_file(request: HttpRequest, ref: str, file_ref: str) -> MarkFile:
    """Return a photo or paper of a mark on one of the agency's own contracts.

    :raises PermissionDenied: without the permission to see own scores.
    :raises Http404: for an unknown file or another agency's contract.
    """
    return _file(get_own_contract(request, ref), file_ref)


def _file(contract: Contract, file_ref: str) -> MarkFile:
    kept = MarkFile.objects.select_related("mark").filter(mark__contract=contract, ref=file_ref).first()
    if kept is None:
        raise Http404
    return kept
