"""Who may hold which contract: officers and evaluators those of their areas, an agency its own."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.access import Access, access_of, require
from accounts.permissions import Permission
from contracts.models import Appeal, AppealFile, Contract, ScoreSheet
from contracts.queries import loaded
from tenants.running import current_slug


def within(areas: tuple[str, ...], path: str = "area") -> Q:
    """Return the condition that the division code at `path` lies in one of the areas; nothing for no area."""
    reach = Q(pk__in=[])
    for prefix in areas:
        reach |= Q(**{f"{path}__startswith": prefix})
    return reach


def contracts_of(who: Access) -> QuerySet[Contract]:
    """Return the contracts in a shared-floor person's areas."""
    return Contract.objects.filter(within(who.area_prefixes))


def own_contracts() -> QuerySet[Contract]:
    """Return the contracts of the agency we are in."""
    return Contract.objects.filter(provider__slug=current_slug())


def get_contract(request: HttpRequest, ref: str, permission: Permission) -> Contract:
    """Return a contract that this person may hold with `permission`.

    :raises PermissionDenied: without the permission.
    :raises Http404: for an unknown contract or one outside the person's areas.
    """
    require(request, permission)
    return _one(contracts_of(access_of(request)), ref)


def get_own_contract(request: HttpRequest, ref: str) -> Contract:
    """Return one of the agency's own contracts.

    :raises PermissionDenied: without the permission to see own scores.
    :raises Http404: for an unknown contract or another agency's.
    """
    require(request, Permission.OWN_SCORE_VIEW)
    return _one(own_contracts(), ref)


def appeals_of(who: Access) -> QuerySet[Appeal]:
    """Return the appeals of contracts in a shared-floor person's areas."""
    return Appeal.objects.filter(within(who.area_prefixes, "contract__area"))


def own_appeals() -> QuerySet[Appeal]:
    """Return the appeals of the agency we are in."""
    return Appeal.objects.filter(contract__provider__slug=current_slug())


def get_appeal(request: HttpRequest, ref: str, appeal_ref: str, permission: Permission) -> Appeal:
    """Return an appeal of a contract that this person may hold with `permission`.

    :raises PermissionDenied: without the permission.
    :raises Http404: for an unknown appeal or a contract outside the person's areas.
    """
    return _appeal(get_contract(request, ref, permission), appeal_ref)


def get_own_appeal(request: HttpRequest, ref: str, appeal_ref: str) -> Appeal:
    """Return one of the agency's own appeals.

    :raises PermissionDenied: without the permission to see own scores.
    :raises Http404: for an unknown appeal or another agency's.
    """
    return _appeal(get_own_contract(request, ref), appeal_ref)


def get_file(appeal: Appeal, file_ref: str) -> AppealFile:
    """Return a photo or paper of an appeal that this person holds.

    :raises Http404: for an unknown one or another appeal's.
    """
    file = appeal.files.filter(ref=file_ref).first()
    if file is None:
        raise Http404
    file.appeal = appeal
    return file


def own_sheets() -> QuerySet[ScoreSheet]:
    """Return the published scores of the agency we are in."""
    return ScoreSheet.objects.filter(contract__provider__slug=current_slug())


def get_own_sheet(request: HttpRequest, ref: str, sheet_ref: str) -> ScoreSheet:
    """Return one of the agency's own published scores.

    :raises PermissionDenied: without the permission to see own scores.
    :raises Http404: for an unknown sheet or another agency's.
    """
    contract = get_own_contract(request, ref)
    related = ("confirmation", "replaced_by", "replaces")
    sheet = contract.sheets.select_related(*related).filter(ref=sheet_ref).first()
    if sheet is None:
        raise Http404
    sheet.contract = contract
    return sheet


def _appeal(contract: Contract, ref: str) -> Appeal:
    appeal = (
        contract.appeals.select_related("by", "answered_by", "sheet", "decision")
        .prefetch_related("files")
        .filter(ref=ref)
        .first()
    )
    if appeal is None:
        raise Http404
    appeal.contract = contract
    return appeal


def _one(contracts: QuerySet[Contract], ref: str) -> Contract:
    contract = loaded(contracts, history=True).filter(ref=ref).first()
    if contract is None:
        raise Http404
    return contract
