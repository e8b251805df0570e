"""Forms of the contract pages."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.pages.forms import HouseForm
from contracts.kept.queries import Kept
from contracts.models import Appeal, Contract
from contracts.ranking import periods
from programmes import door as programmes


def offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Set the choices of one of the form's fields."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ContractFilter(HouseForm):
    """Which contracts a list shows."""

    state = forms.ChoiceField(label=_("状态"), required=False)
    area = forms.ChoiceField(label=_("区县"), required=False)
    progress = forms.ChoiceField(label=_("进度"), required=False, choices=[("", _("全部")), ("behind", _("进度落后"))])
    grade = forms.ChoiceField(label=_("等级"), required=False)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offer(self, "state", [("", _("全部")), *Contract.State.choices])
        offer(self, "area", [("", _("全部")), *districts])
        if not districts:
            del self.fields["area"]
        offer(self, "grade", [("", _("全部")), *_grades()])

    def narrow(self, rows: QuerySet[Contract]) -> QuerySet[Contract]:
        """Keep the contracts that are asked for; "ended" means active past its last day."""
        if area := self.cleaned_data.get("area"):
            rows = rows.filter(area__startswith=area)
        past, ahead = Q(ends_on__lt=self.today), Q(starts_on__gt=self.today)
        match self.cleaned_data["state"]:
            case Contract.State.AHEAD:
                rows = rows.filter(ahead, state=Contract.State.ACTIVE)
            case Contract.State.ACTIVE:
                rows = rows.filter(~past, ~ahead, state=Contract.State.ACTIVE)
            case Contract.State.ENDED:
                rows = rows.filter(past, state=Contract.State.ACTIVE)
            case Contract.State.CLOSED:
                rows = rows.filter(state=Contract.State.CLOSED)
        return rows

    @property
    def asks_for_scores(self) -> bool:
        """Tell whether something is asked for that only a contract's score tells."""
        return self.is_valid() and bool(self.cleaned_data["progress"] or self.cleaned_data["grade"])

    def keeps(self, kept: Kept) -> bool:
        """Tell whether a contract with this score is asked for."""
        if not self.is_valid():
            return True
        said = self.cleaned_data
        return (not said["progress"] or bool(kept.behind)) and (not said["grade"] or said["grade"] == kept.grade)


def _grades() -> list[tuple[str, str]]:
    """Return the grades of all programmes once each, the best first."""
    found = {grade.code: grade for one in programmes.programmes() for grade in one.grades}
    best_first = sorted(found.values(), key=lambda grade: -grade.lower)
    return [(grade.code, gettext(grade.name)) for grade in best_first]


NOW, THEN = "now", "then"
KNOWN = [(NOW, _("按今天所知")), (THEN, _("按当日所知"))]


class RankingFilter(HouseForm):
    """Which ranking is shown: programme, period and district; all three have a first choice."""

    programme = forms.ChoiceField(label=_("评估方案"), required=False)
    period = forms.ChoiceField(label=_("周期"), required=False)
    region = forms.ChoiceField(label=_("区县"), required=False)
    known = forms.ChoiceField(label=_("按哪时所知"), required=False, choices=KNOWN)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "programme", [(one.key, gettext(one.title)) for one in programmes.programmes()])
        offer(self, "period", [(one.text, one.title) for one in periods.offered(today)])
        offer(self, "region", [("", _("全部")), *districts])


class DayForm(HouseForm):
    """The day a scorecard is asked for; nothing means today. Of a past day as it is known now, or as it was then."""

    as_of = forms.DateField(label=_("截至日期"), required=False)
    known = forms.ChoiceField(label=_("按哪时所知"), required=False, choices=KNOWN)


class AppealFilter(HouseForm):
    """Which appeals a list shows."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Appeal.State.choices])

    def narrow(self, rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
        state = self.cleaned_data["state"]
        return rows.filter(state=state) if state else rows
