"""The page of a published score, alike for officers, agencies, the public and whoever previews it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from accounts.access import MemberRequest
from common import clock
from common.pages.acts import Done
from common.pages.form_page import FormPage, handle_form, handle_part
from contracts.models import Contract, ScoreSheet
from contracts.publishing import body, tables
from contracts.publishing.actions import CannotClose
from contracts.publishing.forms import PreviewedForm
from contracts.publishing.queries import SheetState, state_of, versions_of
from contracts.publishing.rules import Publication, publication_of
from programmes.tables import CHOSEN


def sheet_context(
    sheet: ScoreSheet, *, now: dt.datetime, shows: Publication | None = None, evidence: bool = False
) -> dict[str, Any]:
    """Return what the page of a sheet shows, saved or not.

    :param shows: what the public may see; None shows everything.
    :param evidence: whether each line leads to its evidence, as of the sheet's day.
    """
    is_saved = sheet.pk is not None
    public_view = publication_of(sheet.contract.edition).public_view
    with_lines = shows is None or shows.shows("lines")
    return {
        "sheet": sheet,
        "contract": sheet.contract,
        "full": sheet.contract.edition.total,
        "state": state_of(sheet, now) if is_saved else None,
        "is_replaced": is_saved and state_of(sheet, now) == SheetState.REPLACED,
        "newest": versions_of(sheet)[0] if is_saved else sheet,
        "versions": versions_of(sheet) if is_saved else [],
        "public_view": public_view,
        "public_words": CHOSEN[public_view.choice] if public_view else "",
        "vetoes_found": [veto for veto in sheet.contract.edition.vetoes if veto.code in sheet.vetoes],
        "lines": tables.lines_table(sheet, shows=shows, evidence=_evidence(sheet) if evidence else None)
        if with_lines
        else None,
        "changes": tables.changes_table(sheet, with_why=shows is None) if with_lines and sheet.changes else None,
        "appealed": tables.appeals_table(sheet, with_words=shows is None) if with_lines and sheet.appeals else None,
        "with_words": shows is None,
    }


def _evidence(sheet: ScoreSheet) -> dict[str, str]:
    def address(code: str) -> str:
        return f"{reverse('contracts:evidence', args=[sheet.contract.ref, code])}?as_of={sheet.as_of}"

    return {line["code"]: address(line["code"]) for line in sheet.lines}


def sheet_file(sheet: ScoreSheet) -> HttpResponse:
    """Answer the sheet's file: the bytes whose SHA-256 is the digest."""
    answer = HttpResponse(body.canonical(sheet), content_type="application/json")
    name = f"{sheet.contract.number}-{sheet.as_of}-v{sheet.version}.json"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "private, no-store"
    return answer


@dataclass(frozen=True)
class Draft:
    """What would be published, and why it cannot be yet."""

    sheet: ScoreSheet
    problems: list[str]


def preview_then_publish(
    request: MemberRequest,
    form: PreviewedForm,
    page: FormPage,
    contract: Contract,
    draft: Callable[[], Draft],
    publish: Callable[[dict[str, Any]], str],
    crumbs: list[tuple[str, str]],
) -> HttpResponseBase:
    """Show the form; answer a good one with exactly the page that everybody will see; publish when that is confirmed.

    `draft` works out what a good form would publish now, `publish` does it and returns where to go; it refuses where
    that is no longer what was previewed, and the new preview is shown.
    """
    if request.method != "POST" or not form.is_valid():
        return handle_form(request, form, page, publish, {"crumbs": crumbs})
    if not form.cleaned_data["seen"]:
        first = draft()
        if first.problems:
            form.refuse(CannotClose(first.problems))
            return handle_form(request, form, page, publish, {"crumbs": crumbs})
        return _preview(request, form, page, first, crumbs)
    return handle_part(
        request, form, Done(page.done, page.cancel), publish, lambda: _preview(request, form, page, draft(), crumbs)
    )


def _preview(
    request: MemberRequest, form: PreviewedForm, page: FormPage, draft: Draft, crumbs: list[tuple[str, str]]
) -> HttpResponse:
    context = sheet_context(draft.sheet, now=clock.now(), evidence=True)
    context |= {
        "preview": page,
        "seen": body.fingerprint(draft.sheet),
        "form": form,
        "problems": draft.problems,
        "carried": [(name, form.data.get(name, "")) for name in form.fields if name != "seen" and form.data.get(name)],
        "crumbs": crumbs,
        "errors": form.non_field_errors(),
    }
    return render(request, "contracts/sheet.html", context)
