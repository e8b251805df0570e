"""The operator's list of letters; in the demo, a mailbox that everybody can read."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, allow
from accounts.permissions import Permission
from common.pages.acts import Done, act
from common.pages.forms import HouseForm
from common.pages.listing import Listing
from common.pages.table import Column, label
from letters import tasks
from letters.models import Letter

DEMO_LETTERS = 30
COLUMNS = [
    Column("written_at", gettext_lazy("写于"), sort="written_at"),
    Column("to", gettext_lazy("收件人"), sort="to"),
    Column("subject", gettext_lazy("主题"), sort="kind", value=lambda row: row.shown_subject),
    Column("state", gettext_lazy("状态"), sort="state", value=label("state"), template="letters/_state.html"),
    Column("sent_at", gettext_lazy("发出"), sort="sent_at", wide=True),
]


class LetterFilter(HouseForm):
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["state"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("全部")), *Letter.State.choices]

    def narrow(self, rows: Any) -> Any:
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows


@require_safe
@allow(Permission.TENANT_OPERATE)
def letters(request: MemberRequest) -> HttpResponseBase:
    """Letters by state: what is not delivered can be sent again. Their words stay closed to the operator."""
    listing = Listing(
        request, Letter.objects.all(), columns=COLUMNS, order="-written_at", search=["to", "kind"],
        form=LetterFilter(request.GET),
    )  # fmt: skip
    if listing.wants_export:
        return listing.export(_("信件"))
    context = {"list": listing, "title": _("信件"), "hint": _("收件人"), "has_server": bool(settings.EMAIL_URL)}
    return render(request, "letters/list.html", context)


@allow(Permission.TENANT_OPERATE)
@act(back=lambda ref: reverse("letters:list"))
def send_again(request: MemberRequest, ref: str) -> Done:
    letter = Letter.objects.filter(ref=ref, state__in=[Letter.State.FAILED, Letter.State.KEPT]).exclude(to="").first()
    if letter is None:
        raise Http404
    letter.state, letter.attempts = Letter.State.WAITING, 0
    letter.save(update_fields=["state", "attempts"])
    tasks.send.delay(letter=letter.ref)
    return Done(_("信件已重新发送。"))


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """In the demo no mail leaves the machine: here is what would have been sent. There is no such page elsewhere."""
    if not settings.DEMO:
        raise Http404
    return render(request, "letters/mailbox.html", {"letters": Letter.objects.exclude(body="")[:DEMO_LETTERS]})
