"""The forms of a purchaser's invitations."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from directory.fields import RegionField
from enrolment.invitations.actions import InvitationTerms
from enrolment.models import Invitation
from enrolment.sign_up.forms import HostNameMixin

State = Invitation.State


def in_state(state: str, today: dt.date) -> Q:
    """Return the condition for a state on a day: `Invitation.state_on` as SQL."""
    waits = Q(joined_at=None, taken_back_at=None)
    return {
        State.TAKEN_BACK.value: Q(taken_back_at__isnull=False),
        State.JOINED.value: Q(joined_at__isnull=False, taken_back_at=None),
        State.EXPIRED.value: waits & Q(valid_until__lt=today),
        State.OPENED.value: waits & Q(valid_until__gte=today, opened_at__isnull=False),
        State.SENT.value: waits & Q(valid_until__gte=today, opened_at=None),
    }[state]


class InvitationFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *State.choices])

    def narrow(self, rows: "QuerySet[Invitation]") -> "QuerySet[Invitation]":
        state = self.cleaned_data["state"]
        return rows.filter(in_state(state, timezone.localdate())) if state else rows


class InvitationForm(HouseForm):
    agency = forms.CharField(label=_("机构名称"), max_length=100)
    email = forms.EmailField(label=_("邮箱"), help_text=_("邀请链接发到这里，也可以打印后转交。"))
    title = forms.CharField(label=_("项目名称"), max_length=120)
    number = forms.CharField(label=_("合同编号"), max_length=40, required=False)
    area = RegionField(label=_("所在区划"))
    valid_until = forms.DateField(label=_("有效期至"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].initial = timezone.localdate() + dt.timedelta(days=30)

    def terms(self) -> InvitationTerms:
        return InvitationTerms(**self.cleaned_data)


class OwnHostForm(HostNameMixin, HouseForm):
    """Where an agency that is here already signs in."""

    slug = forms.CharField(label=_("本机构的网址名"), max_length=60, help_text=_("登录网址里第一个点之前的部分"))
