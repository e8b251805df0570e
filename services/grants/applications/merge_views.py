"""Merge two files of one person, and what was granted to both."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import MemberRequest, allow, require
from accounts.permissions import Permission as P
from common.money import yuan
from common.pages.form_page import FormPage, handle_form
from common.pages.notices import show_refusal
from common.refusals import Refused
from services.clients.access import get_client, visible_clients
from services.grants.applications import merges
from services.grants.forms import MergeForm


@allow(P.CLIENT_MANAGE)
def merge(request: MemberRequest, ref: str) -> HttpResponse:
    require(request, P.CLIENT_VIEW_ALL)
    today = timezone.localdate()
    keep = get_client(request, ref, P.CLIENT_MANAGE, today)
    known = visible_clients(request, today).select_related("household")

    def action(data: dict[str, Any]) -> None:
        over = merges.merge(keep=keep, duplicate=data["duplicate"], by=request.user)
        if over:
            text = _("合并后超出资助上限 %(over)s，处理前不能再资助这位服务对象。") % {"over": yuan(over)}
            show_refusal(request, Refused(text))  # the merge was done, and this stands beside its notice

    text = _("保留 %(name)s（%(number)s），另一份档案并入后关闭，不能恢复。") % {
        "name": keep.name,
        "number": keep.number,
    }
    page = FormPage(_("合并重复档案"), _("合并"), _("档案已合并。"), reverse("clients:client", args=[keep.ref]), text)
    return handle_form(request, MergeForm(request.POST or None, known=known, keep=keep), page, action)
