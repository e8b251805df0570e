"""What an agency fills in to book, and a supervisor to answer and write down."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.dates import SHANGHAI
from common.pages.forms import HouseForm
from directory.door import Station, regions
from supervision.models import Booking, BookingQuerySet, Supervisor
from supervision.queries import Clock
from supervision.words import Function, Kind, Modality, State

SOON_DAYS = 7
NO_NAMES = _("请不要写服务对象的姓名、证件和住址。")


class BookForm(HouseForm):
    """Everything but the time, which is chosen before. The person who books is expected to come."""

    supervisor = forms.ModelChoiceField(
        queryset=Supervisor.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )
    starts_at = forms.DateTimeField(widget=forms.HiddenInput)
    minutes = forms.IntegerField(min_value=15, max_value=480, widget=forms.HiddenInput)
    modality = forms.ChoiceField(choices=Modality, widget=forms.HiddenInput)
    station = forms.ChoiceField(label=_("站点"))
    kind = forms.ChoiceField(label=_("形式"), choices=Kind, initial=Kind.INDIVIDUAL, widget=forms.RadioSelect)
    function = forms.ChoiceField(
        label=_("功能"), choices=Function, initial=Function.EDUCATIONAL, widget=forms.RadioSelect
    )
    attendees = forms.MultipleChoiceField(label=_("参加的人"), widget=forms.CheckboxSelectMultiple)
    topic = forms.CharField(label=_("想讨论什么"), max_length=100, required=False, help_text=NO_NAMES)

    def __init__(self, *args: Any, stations: Sequence[Station], members: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {member.ref: member for member in members}
        self.stations = {station.code: station for station in stations}
        fields: dict[str, Any] = self.fields
        fields["supervisor"].queryset = Supervisor.objects.filter(is_active=True).select_related("user", "university")
        fields["station"].choices = [(code, station.name) for code, station in self.stations.items()]
        fields["attendees"].choices = [(ref, member.get_full_name()) for ref, member in self.people.items()]

    def clean_attendees(self) -> list[User]:
        return [self.people[ref] for ref in self.cleaned_data["attendees"]]

    def clean_station(self) -> Station:
        return self.stations[self.cleaned_data["station"]]


class ClockFilter(HouseForm):
    """Which stations' clocks a list shows; `stations` are those the address names, carried on unseen."""

    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[("", _("全部")), ("overdue", _("已超期")), ("soon", _("七天内到期"))],
    )  # fmt: skip
    station = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, stations: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["station"].choices = [(code, code) for code in stations]

    def narrow(self, clocks: Sequence[Clock]) -> list[Clock]:
        state = self.cleaned_data["state"] if self.is_valid() else ""
        if state == "overdue":
            return [clock for clock in clocks if clock.days_left < 0]
        if state == "soon":
            return [clock for clock in clocks if 0 <= clock.days_left < SOON_DAYS]
        return list(clocks)


class CancelForm(HouseForm):
    reason = forms.CharField(label=_("原因"), max_length=200)


class ProposeForm(HouseForm):
    starts_at = forms.DateTimeField(label=_("另一个时间"))
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=15, max_value=480, initial=60)

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        start: dt.datetime = self.cleaned_data["starts_at"]
        return start, start + dt.timedelta(minutes=self.cleaned_data["minutes"])


class CompleteForm(HouseForm):
    minutes = forms.IntegerField(label=_("实际时长（分钟）"), min_value=1, max_value=960)
    attendees = forms.MultipleChoiceField(label=_("到场的人"), required=False, widget=forms.CheckboxSelectMultiple)
    summary = forms.CharField(
        label=_("督导记录"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), help_text=NO_NAMES
    )

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        self.expected = {person.ref: person for person in booking.attendees.all()}
        minutes = int((booking.during.upper - booking.during.lower).total_seconds() // 60)
        kwargs["initial"] = {"minutes": minutes, "attendees": list(self.expected)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if not self.expected:
            del self.fields["attendees"]
        else:
            field: Any = self.fields["attendees"]
            field.choices = [(ref, person.get_full_name()) for ref, person in self.expected.items()]

    def clean_attendees(self) -> list[User]:
        return [self.expected[ref] for ref in self.cleaned_data["attendees"]]


class OfferForm(HouseForm):
    """A time offered, said the way people say it; `rrule` puts it together."""

    WEEKDAYS = [("MO", _("周一")), ("TU", _("周二")), ("WE", _("周三")), ("TH", _("周四")), ("FR", _("周五")),
                ("SA", _("周六")), ("SU", _("周日"))]  # fmt: skip
    REPEATS = [("", _("仅一次")), ("1", _("每周")), ("2", _("每两周"))]

    day = forms.DateField(label=_("从哪天起"))
    start = forms.TimeField(label=_("开始"))
    end = forms.TimeField(label=_("结束"))
    repeat = forms.ChoiceField(label=_("重复"), choices=REPEATS, required=False, initial="1", widget=forms.RadioSelect)
    weekdays = forms.MultipleChoiceField(
        label=_("在星期几"), choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是起始那天的星期几。"),
    )  # fmt: skip
    until = forms.DateField(label=_("到哪天为止"), required=False, help_text=_("不填就一直重复。"))
    modality = forms.ChoiceField(label=_("方式"), choices=Modality, initial=Modality.ONSITE, widget=forms.RadioSelect)
    capacity = forms.IntegerField(label=_("最多人数"), min_value=1, max_value=50, initial=1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        until, day = data.get("until"), data.get("day")
        if until and day and until < day:
            self.add_error("until", _("不能早于起始那天。"))
        return data

    @property
    def offer(self) -> dict[str, Any]:
        """Return what `offer_availability` asks for."""
        data = self.cleaned_data
        return {
            "starts_at": dt.datetime.combine(data["day"], data["start"], tzinfo=SHANGHAI),
            "ends_at": dt.datetime.combine(data["day"], data["end"], tzinfo=SHANGHAI),
            "rrule": self._rrule(),
            "modality": data["modality"],
            "capacity": data["capacity"],
        }

    def _rrule(self) -> str:
        data = self.cleaned_data
        if not data["repeat"]:
            return ""
        rule = f"FREQ=WEEKLY;INTERVAL={data['repeat']}"
        if data["weekdays"]:
            rule += f";BYDAY={','.join(data['weekdays'])}"
        return f"{rule};UNTIL={data['until']:%Y%m%d}" if data["until"] else rule


class ProfileForm(HouseForm):
    """What agencies read about a supervisor, and whether bookings need an answer."""

    university = forms.CharField(label=_("高校"), max_length=60, required=False)
    topics = forms.CharField(label=_("专长"), max_length=200, required=False, help_text=_("用顿号隔开，最多 8 项。"))
    regions = forms.CharField(
        label=_("结对区划"), max_length=200, required=False, help_text=_("区划代码，用顿号隔开；不填就是不限地区。")
    )
    confirms_at_once = forms.BooleanField(
        label=_("预约立即生效，不用逐次答复"), required=False, help_text=_("临时的预约仍等您答复。")
    )

    @classmethod
    def of(cls, supervisor: Supervisor, data: Any = None) -> "ProfileForm":
        """Return the form filled with what stands now."""
        initial = {
            "university": supervisor.university.name if supervisor.university else "",
            "topics": "、".join(supervisor.topics),
            "regions": "、".join(supervisor.regions),
            "confirms_at_once": supervisor.confirms_at_once,
        }
        return cls(data, initial=initial)

    def clean_topics(self) -> list[str]:
        return _words(self.cleaned_data["topics"], most=8, longest=30)

    def clean_regions(self) -> list[str]:
        codes = _words(self.cleaned_data["regions"], most=30, longest=12)
        if unknown := sorted(set(codes) - set(regions(codes))):
            raise forms.ValidationError(_("没有这个区划代码：%(code)s"), params={"code": "、".join(unknown)})
        return codes


def _words(text: str, *, most: int, longest: int) -> list[str]:
    """Return the words of a line parted by 、, commas or spaces, each once.

    :raises ValidationError: for too many or too long ones.
    """
    found = list(dict.fromkeys(re.split(r"[、，,;；\s]+", text.strip()))) if text.strip() else []
    if len(found) > most or any(len(word) > longest for word in found):
        raise forms.ValidationError(
            _("最多 %(most)s 项，每项不超过 %(longest)s 个字。"), params={"most": most, "longest": longest}
        )
    return found


class BookingFilter(HouseForm):
    """Narrows the agency's list."""

    state = forms.ChoiceField(label=_("状态"), choices=[("", _("全部")), *State.choices], required=False)

    def narrow(self, rows: BookingQuerySet) -> BookingQuerySet:
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows
