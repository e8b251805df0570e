"""The forms of invitations to colleagues."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import AGENCY_ROLES
from common.pages.forms import HouseForm
from services.people.models import StaffInvitation

State = StaffInvitation.State
USERNAME = r"^[\w.@+-]{3,60}\Z"


class InvitationFilter(HouseForm):
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *State.choices])

    def narrow(self, rows: "QuerySet[StaffInvitation]") -> "QuerySet[StaffInvitation]":
        today = timezone.localdate()
        waits = Q(joined_at=None, taken_back_at=None)
        return rows.filter(
            {
                "": Q(),
                State.SENT: waits & Q(valid_until__gte=today),
                State.EXPIRED: waits & Q(valid_until__lt=today),
                State.JOINED: Q(joined_at__isnull=False),
                State.TAKEN_BACK: Q(taken_back_at__isnull=False),
            }[self.cleaned_data["state"]]
        )


class PeopleForm(HouseForm):
    """Several people at once: pasted lines, or a table whose rows are then shown as lines."""

    lines = forms.CharField(
        label=_("邀请名单"),
        required=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("每行一人：姓名，邮箱或手机，角色。例如：李社工，li@example.org，社工"),
    )
    role = forms.ChoiceField(
        label=_("未写角色的按"),
        required=False,
        choices=[("", _("每行都写")), *((role.slug, role.title) for role in AGENCY_ROLES)],
        initial="worker",
    )
    file = forms.FileField(
        label=_("或上传 Excel"), required=False, help_text=_("上传后先列在上面，核对后再发出。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip


class JoinForm(HouseForm):
    username = forms.RegexField(
        label=_("用户名"), regex=USERNAME, help_text=_("字母、数字和 . @ + - _，3 至 60 个字符。")
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字符。已有联动账号的，填写原来的用户名和密码。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
