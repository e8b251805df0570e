"""Forms of service records."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.dates import SHANGHAI
from common.pages.forms import HouseForm
from services.clients.models import Client
from services.network.models import Site
from services.people.models import Staff
from services.records.actions import Service
from services.records.models import Kind, ServiceRecord, Setting
from services.records.rules import KNOWN_ONLY, USUAL_MINUTES, USUAL_SETTING, usual_time


class RecordFilter(HouseForm):
    kind = forms.ChoiceField(label=_("服务类型"), required=False, choices=[("", _("全部")), *Kind.choices])
    site = forms.ModelChoiceField(
        label=_("站点"), required=False, queryset=Site.objects.none(), to_field_name="ref", empty_label=_("全部")
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *ServiceRecord.State.choices])
    since = forms.DateField(label=_("从"), required=False)
    until = forms.DateField(label=_("到"), required=False)

    def __init__(self, *args: Any, sites: "QuerySet[Site]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites.order_by("code")  # type: ignore[attr-defined]

    def narrow(self, rows: "QuerySet[ServiceRecord]") -> "QuerySet[ServiceRecord]":
        data = self.cleaned_data
        for name in ("kind", "site", "state"):
            if data[name]:
                rows = rows.filter(**{name: data[name]})
        if data["since"]:
            rows = rows.filter(held_at__gte=_midnight(data["since"]))
        if data["until"]:
            rows = rows.filter(held_at__lt=_midnight(data["until"]) + dt.timedelta(days=1))
        return rows


class ServiceForm(HouseForm):
    """When, how long, where, what. Kind and clients were chosen on the pages before."""

    together = forms.MultipleChoiceField(label=_("一同走访的家人"), required=False, widget=forms.CheckboxSelectMultiple)
    held_at = forms.DateTimeField(label=_("开始时间"))
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1, max_value=720)
    setting = forms.ChoiceField(label=_("地点"), choices=Setting.choices, widget=forms.RadioSelect)
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.none(), to_field_name="ref")
    others = forms.IntegerField(
        label=_("其他参加人数"),
        min_value=0,
        max_value=5000,
        required=False,
        help_text=_("没有建档的参加者，计入人次。"),
    )
    note = forms.CharField(
        label=_("服务内容"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("加密保存，只有本机构有权限的人能看到。"),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        clients: tuple[Client, ...],
        sites: "QuerySet[Site]",
        family: Sequence[Client] = (),
        **kwargs: Any,
    ) -> None:
        """`family` are the other members of the household, who may have been visited together with the client."""
        super().__init__(*args, **kwargs)
        self.kind, self.clients = kind, clients
        self.family = {client.ref: client for client in family}
        if family:
            together = self.fields["together"]
            assert isinstance(together, forms.MultipleChoiceField)
            together.choices = [(ref, client.name) for ref, client in self.family.items()]
        else:
            del self.fields["together"]
        self.fields["site"].queryset = sites.open().order_by("code")  # type: ignore[attr-defined]
        if kind in KNOWN_ONLY:
            del self.fields["others"]
        if kind == Kind.HOME_VISIT:
            del self.fields["setting"]

    def service(self, worker: Staff) -> Service:
        data = self.cleaned_data
        return Service(
            kind=self.kind,
            site=data["site"],
            worker=worker,
            held_at=data["held_at"],
            minutes=data["minutes"],
            setting=data.get("setting") or USUAL_SETTING[self.kind],
            clients=(*self.clients, *(self.family[ref] for ref in data.get("together", ()))),
            others=data.get("others") or 0,
            note=data["note"],
        )


class CorrectionForm(ServiceForm):
    reason = forms.CharField(label=_("更正原因"), min_length=2, max_length=200)


def usual(kind: str, now: dt.datetime, busy: Sequence[tuple[dt.datetime, dt.datetime]]) -> dict[str, Any]:
    """Return a sensible start for the form: just over, or after what was recorded last; usual length and place."""
    began, minutes = usual_time(USUAL_MINUTES[kind], now, busy)
    return {"held_at": timezone.localtime(began), "minutes": minutes, "setting": USUAL_SETTING[kind], "others": 0}


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)
