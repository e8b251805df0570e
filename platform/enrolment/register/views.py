"""Which agencies wait to be confirmed, one of them with what it says of itself, and the answer."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages import tones
from common.pages.acts import Done, act
from common.pages.form_page import handle_part
from common.pages.forms import HouseForm, ReasonForm
from common.pages.listing import Listing
from common.pages.table import Column
from directory import door as directory
from enrolment.models import SignUp
from enrolment.register import actions
from enrolment.register.access import agencies_of, get_agency
from tenants.models import Tenant

WAITING, CONFIRMED, REFUSED = "waiting", "confirmed", "refused"


def _state(agency: Tenant) -> str:
    return CONFIRMED if agency.confirmed_at else REFUSED if agency.refusal else WAITING


def _state_words(agency: Tenant) -> str:
    return {CONFIRMED: _("已核实"), REFUSED: _("未通过"), WAITING: _("待核实")}[_state(agency)]


def _tone(agency: Tenant) -> str:
    return {CONFIRMED: tones.GOOD, REFUSED: tones.BAD, WAITING: tones.WARN}[_state(agency)]


COLUMNS = (
    Column("name", gettext_lazy("机构名称"), sort="name", href=lambda row: reverse("register:agency", args=[row.slug])),
    Column("credit_code", gettext_lazy("统一社会信用代码"), sort="credit_code", wide=True),
    Column("state", gettext_lazy("核实"), sort="confirmed_at", value=_state_words, kind="state", tone=_tone),
    Column("created_at", gettext_lazy("注册时间"), sort="created_at"),
)


class RegisterFilter(HouseForm):
    """Which agencies are shown."""

    state = forms.ChoiceField(
        label=gettext_lazy("核实"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            (WAITING, gettext_lazy("待核实")),
            (CONFIRMED, gettext_lazy("已核实")),
            (REFUSED, gettext_lazy("未通过")),
        ],
    )

    def narrow(self, rows: Any) -> Any:
        match self.cleaned_data["state"]:
            case "waiting":
                return rows.filter(confirmed_at=None, refusal="")
            case "confirmed":
                return rows.filter(confirmed_at__isnull=False)
            case "refused":
                return rows.exclude(refusal="")
        return rows


@require_safe
@allow(Permission.AGENCY_CONFIRM)
def agencies(request: MemberRequest) -> HttpResponseBase:
    """The agencies in one's reach; those that wait are one click away."""
    listing = Listing(
        request, agencies_of(request.access), columns=COLUMNS, order="-created_at", search=["name", "credit_code"],
        form=RegisterFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("机构核实"))
    context = {
        "list": listing,
        "title": _("机构核实"),
        "text": _("自行注册的机构经核实后，机构和站点才向公众公开，公众页上的数字才会变化。"),
        "hint": _("机构名称或信用代码"),
        "empty_title": _("没有机构"),
        "empty_text": _("机构注册后会列在这里。"),
    }
    return render(request, "list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Permission.AGENCY_CONFIRM)
def agency(request: MemberRequest, slug: str) -> HttpResponse:
    """What the organisation says of itself, to be compared with the official register; and a refusal's reason."""
    row = get_agency(request, slug)
    said = SignUp.objects.filter(tenant=row).first()
    form = ReasonForm(request.POST or None)

    def action(data: dict[str, Any]) -> None:
        actions.refuse(agency=row, reason=data["reason"], by=request.user)

    def show() -> HttpResponse:
        facts = [
            (_("统一社会信用代码"), row.credit_code),
            (_("机构类型"), said.get_legal_form_display() if said else None),
            (_("所在区划"), directory.full_name(row.region)),
            (_("负责人姓名"), said.contact if said else None),
            (_("手机"), said.phone if said else None),
            (_("注册时间"), row.created_at),
            (_("站点"), len(directory.stations(tenant=row.slug))),
            (_("未通过原因"), row.refusal),
        ]
        context = {
            "agency": row, "facts": facts, "form": form, "state_words": _state_words(row), "tone": _tone(row),
            "crumbs": [(_("机构核实"), reverse("register:list")), (row.name, "")],
        }  # fmt: skip
        return render(request, "enrolment/register.html", context)

    done = Done(_("已记下未通过的原因，机构负责人会看到。"), reverse("register:agency", args=[slug]))
    return handle_part(request, form, done, action, show)


@allow(Permission.AGENCY_CONFIRM)
@act(back="register:agency")
def confirm(request: MemberRequest, slug: str) -> Done:
    actions.confirm(agency=get_agency(request, slug), by=request.user)
    return Done(_("已核实，机构和站点向公众公开。"), undo=reverse("register:withdraw", args=[slug]))


@allow(Permission.AGENCY_CONFIRM)
@act(back="register:agency")
def withdraw(request: MemberRequest, slug: str) -> Done:
    actions.withdraw(agency=get_agency(request, slug), by=request.user)
    return Done(_("已撤销核实，公众看不到这家机构和它的站点。"))
