"""Filter of the inbox, and a person's switches."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.notifications.models import Mail, StoredSwitch
from common.pages.forms import HouseForm
from notifications.kinds import BY_CODE, Kind, Topic, kinds_of

UNREAD = "unread"


class InboxFilter(HouseForm):
    """What to show: unread or all, and of which topic; of a host's topics only."""

    state = forms.ChoiceField(label=_("阅读"), required=False, choices=[("", _("全部")), (UNREAD, _("未读"))])
    topic = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, host: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = dict.fromkeys(kind.topic for kind in kinds_of(host))
        choice = self.fields["topic"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("全部")), *((topic.value, topic.label) for topic in topics)]

    def narrow(self, rows: Any) -> Any:
        if self.cleaned_data["state"] == UNREAD:
            rows = rows.filter(read_at=None)
        if topic := self.cleaned_data["topic"]:
            rows = rows.filter(kind__in=[kind.code for kind in BY_CODE.values() if kind.topic == Topic(topic)])
        return rows


class SwitchForm(HouseForm):
    """For each kind of this host: when it is mailed, and whether it goes to the channel."""

    def __init__(self, *args: Any, host: str, chosen: dict[str, StoredSwitch], **kwargs: Any) -> None:
        self.kinds = kinds_of(host)
        super().__init__(*args, **kwargs)
        for kind in self.kinds:
            own = chosen.get(kind.code)
            self.fields[f"mail-{kind.code}"] = forms.ChoiceField(
                label=_("邮件"), choices=Mail.choices, initial=own.mail if own else kind.mail
            )
            self.fields[f"channel-{kind.code}"] = forms.BooleanField(
                label=_("企业微信或短信"), required=False, initial=bool(own and own.channel)
            )

    @property
    def rows(self) -> list[tuple[Kind, forms.BoundField, forms.BoundField]]:
        return [(kind, self[f"mail-{kind.code}"], self[f"channel-{kind.code}"]) for kind in self.kinds]

    @property
    def chosen(self) -> dict[str, tuple[Mail, bool]]:
        """Return what was chosen by kind."""
        data = self.cleaned_data
        return {kind.code: (Mail(data[f"mail-{kind.code}"]), data[f"channel-{kind.code}"]) for kind in self.kinds}
