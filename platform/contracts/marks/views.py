"""Pages of marks on the shared host: the sheet of all lines, one line, withdrawal and review, a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow, can
from accounts.models import User
from accounts.permissions import Permission
from common.pages.form_page import FormPage, handle_form
from common.refusals import Refused
from contracts.access import get_contract
from contracts.marks import actions, proofs, queries
from contracts.marks.access import get_file, get_mark, parties_of
from contracts.marks.forms import MarkForm, WithdrawalForm
from contracts.marks.presentation import card, cards, markable_codes
from contracts.marks.rules import MOST_FILES
from contracts.marks.tables import history_table
from contracts.models import Contract, Mark, MarkFile
from contracts.scoring.presentation import crumbs, tabs

UNPROCESSABLE = 422


@require_safe
@allow(Permission.SCORE_VIEW)
def marks(request: MemberRequest, ref: str) -> HttpResponseBase:
    """All lines that are marked by hand on one page, each saved by itself, and everything that ever was."""
    contract = get_contract(request, ref, Permission.SCORE_VIEW)
    parties = _parties(request, contract)
    given = queries.history(contract)
    sheet = cards(contract, given, user=request.user, parties=parties, today=timezone.localdate())
    context = {
        "contract": contract,
        "lines": [one for one in sheet if one.rule],
        "vetoes": [one for one in sheet if one.veto],
        "unmarked": sum(1 for one in sheet if one.rule and not one.counted),
        "reviewed": queries.reviewed_from(given, request.user),
        "history": history_table(contract, given, has_acts=bool(parties)),
        "most_files": MOST_FILES,
        "tabs": tabs(request, contract, "marks"),
        "crumbs": crumbs(contract, _("人工评分")),
    }
    return render(request, "contracts/marks/sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.SCORE_MARK)
def mark(request: MemberRequest, ref: str, code: str) -> HttpResponseBase:
    """Give points for one rule, or find a veto: a page of its own, or a card of the sheet that its script saves."""
    contract = get_contract(request, ref, Permission.SCORE_MARK)
    if code not in markable_codes(contract.edition):
        raise Http404
    form = _form(request, contract, code)

    def action(data: dict[str, Any]) -> None:
        actions.give_mark(
            contract=contract,
            code=code,
            points=data.get("points"),
            reason=data["reason"],
            party=data["party"],
            visited_on=data["visited_on"],
            cases=data["cases"],
            shown=data["proofs"],
            today=timezone.localdate(),
            by=request.user,
        )

    if request.headers.get("HX-Request"):
        return _saved_part(request, contract, code, form, action)
    line = card(
        contract, code, queries.history(contract, code), user=request.user, parties=(), today=timezone.localdate()
    )
    page = FormPage(
        _(line.title) if line.rule else _("一票否决：%(title)s") % {"title": _(line.title)},
        _("评分") if line.rule else _("认定"),
        _("已评分，得分随即更新。"),
        f"{reverse('contracts:marks', args=[ref])}#{code}",
        contract.title,
        template="contracts/marks/mark.html",
    )
    way = crumbs(contract, code, under=(_("人工评分"), "contracts:marks"))
    return handle_form(request, form, page, action, {"card": line, "crumbs": way, "contract": contract})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.SCORE_MARK)
def mark_withdraw(request: MemberRequest, ref: str, mark_ref: str) -> HttpResponse:
    """Take a mark of one's own back, with the reason; the one before it counts again."""
    found = get_mark(request, ref, mark_ref, Permission.SCORE_MARK)
    text = _("撤回后，前一次评分随即恢复；这次评分和撤回的理由都留在评分经过里。")
    return _take_out(request, found, _("撤回评分"), text, _("已撤回这次评分。"), actions.withdraw_mark)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.MARK_REVIEW)
def mark_review(request: MemberRequest, ref: str, mark_ref: str) -> HttpResponse:
    """Take another's mark out of the score after a review, with the reason."""
    found = get_mark(request, ref, mark_ref, Permission.MARK_REVIEW)
    text = _("复核以您的名义记录，评分人、各方和承接机构都看得到理由；原来的评分留在评分经过里。")
    return _take_out(request, found, _("复核撤回"), text, _("已复核撤回，评分人会看到。"), actions.review_mark)


def _take_out(request: MemberRequest, found: Mark, title: str, text: str, done: str, act: Any) -> HttpResponse:
    back = reverse("contracts:marks", args=[found.contract.ref])
    page = FormPage(title, title, done, back, text, template="contracts/marks/withdraw.html")

    def action(data: dict[str, Any]) -> None:
        act(mark=found, reason=data["reason"], by=request.user)

    way = crumbs(found.contract, title, under=(_("人工评分"), "contracts:marks"))
    return handle_form(request, WithdrawalForm(request.POST or None), page, action, {"mark": found, "crumbs": way})


@require_safe
@allow(Permission.SCORE_VIEW)
def mark_file(request: MemberRequest, ref: str, file_ref: str) -> HttpResponseBase:
    """Show a photo or hand over a paper of a mark."""
    return answer_file(request, get_file(request, ref, file_ref), request.user)


def answer_file(request: HttpRequest, kept: MarkFile, user: User) -> HttpResponseBase:
    """Answer with the clear file: a photo in the browser, a paper as a download; alike on both hosts."""
    is_photo = kept.kind == MarkFile.Kind.PHOTO
    headers = {
        "Content-Disposition": f'{"inline" if is_photo else "attachment"}; filename="{proofs.file_name(kept)}"',
        "Content-Length": str(kept.size),
    }
    if request.method == "HEAD":
        return HttpResponse(content_type=proofs.media_type(kept), headers=headers)
    try:
        blocks = proofs.hand_over(kept=kept, by=user)
    except proofs.Gone:  # nothing a person could mend by pressing again
        raise Http404 from None
    return StreamingHttpResponse(blocks, content_type=proofs.media_type(kept), headers=headers)


def _saved_part(request: MemberRequest, contract: Contract, code: str, form: MarkForm, action: Any) -> HttpResponse:
    """Answer the sheet's script with the card as it is now; a refusal as 422 with what was typed."""
    saved = False
    if request.method == "POST" and form.is_valid():
        try:
            action(form.cleaned_data)
            saved = True
        except Refused as refusal:  # the card is a part of a page: handle_part would lead the script elsewhere
            form.refuse(refusal)
    line = card(
        contract, code, queries.history(contract, code), user=request.user, parties=_parties(request, contract),
        today=timezone.localdate(), form=None if saved else form,
    )  # fmt: skip
    context = {"card": line, "contract": contract, "saved": saved}
    status = 200 if saved or request.method != "POST" else UNPROCESSABLE
    return render(request, "contracts/marks/_card.html", context, status=status)


def _form(request: MemberRequest, contract: Contract, code: str) -> MarkForm:
    given = queries.own_latest(queries.history(contract, code), request.user).get(code)
    looks = "look" in request.POST
    sent = (request.POST, request.FILES) if request.method == "POST" and not looks else ()
    return MarkForm(
        *sent, rule=contract.edition.by_code.get(code), code=code, parties=_parties(request, contract),
        today=timezone.localdate(), given=given, typed=request.POST.dict() if looks else None,
    )  # fmt: skip


def _parties(request: MemberRequest, contract: Contract) -> list[str]:
    """Return for which parties this person may mark this contract now: for none once it is closed."""
    if not can(request, Permission.SCORE_MARK) or contract.state == Contract.State.CLOSED:
        return []
    return parties_of(request.access, contract)
