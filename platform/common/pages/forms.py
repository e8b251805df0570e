"""The ground of every form: native date fields, number pads on phones, and a token that tells a replay."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.money import NoAmount, read_yuan
from common.refusals import Refused, RefusedFields

NUMBER_PAD = {forms.DecimalField: "decimal", forms.FloatField: "decimal", forms.IntegerField: "numeric"}


class DateInput(forms.DateInput):
    """<input type=date>: the browser's own calendar, YYYY-MM-DD over the wire."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """<input type=time>, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """<input type=datetime-local>, Shanghai time, to the minute."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MoneyField(forms.DecimalField):
    """An amount above nothing in yuan, written as people write it (`common.money.read_yuan`)."""

    def __init__(self, **kwargs: Any) -> None:
        # A number box of the browser would throw away full-width digits and thousands separators unseen.
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_digits=14, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return read_yuan(str(value))
        except NoAmount as refusal:
            raise ValidationError(str(refusal)) from None


WIDGETS: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.DateInput: DateInput,
    forms.TimeInput: TimeInput,
    forms.DateTimeInput: MomentInput,
}


class HouseFormMixin:
    """What every form of the house has.

    `once` names this filling-in of the form: None where the page sent none. It is not in cleaned_data, so that
    `action(**form.cleaned_data)` holds the fields and nothing else. A form shown again keeps its `once`.
    """

    fields: dict[str, forms.Field]
    data: Any
    cleaned_data: dict[str, Any]
    label_suffix: str = ""
    wait: int = 0  # seconds until it may be sent again, once it was sent too often
    status: int = 200  # what the page answers that shows it again (common/refusals.py)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            native_widget(field)

    @property
    def once(self) -> uuid.UUID | None:
        """Return the token this form was sent with, or None."""
        try:
            return uuid.UUID(str(self.data.get("once", "")))
        except ValueError:
            return None

    @property
    def once_value(self) -> str:
        """Return the token the page carries: a new one, or the one it came with."""
        return str(self.once or uuid.uuid4())

    def refuse(self, refusal: Refused, beside: str = "") -> None:
        """Show why an act was refused, beside the fields it names, or else beside `beside` or above the form;
        everything typed is kept."""
        self.wait = int(getattr(refusal, "wait", 0))
        self.status = refusal.page_status
        fields = refusal.fields if isinstance(refusal, RefusedFields) else {beside: refusal.reasons}
        for name, reasons in fields.items():
            for reason in reasons:
                self.add_error(name if name in self.fields else None, reason)  # type: ignore[attr-defined]  # of the form this is mixed into

    def answered(self, page: HttpResponse) -> HttpResponse:
        """Return the page that shows this form; where it was sent too often, as 429 with the time to wait."""
        if self.wait:
            page.status_code = 429
            page["Retry-After"] = str(self.wait)
        elif self.status != 200:
            page.status_code = self.status
        return page

    def is_valid(self) -> bool:
        return bool(super().is_valid())  # type: ignore[misc]  # of the form this is mixed into


class HouseForm(HouseFormMixin, forms.Form):
    """A form without a model."""

    errors: ErrorDict


class ReasonForm(HouseForm):
    """Why: of an act that is explained in one sentence."""

    reason = forms.CharField(label=_("原因"), min_length=2, max_length=200)


def native_widget(field: forms.Field) -> None:
    """Give the field the browser's own date or time control, and a phone its number pad."""
    if native := WIDGETS.get(type(field.widget)):
        field.widget = native(field.widget.attrs)
        field.widget.is_required = field.required
    for kind, pad in NUMBER_PAD.items():
        if isinstance(field, kind):
            field.widget.attrs.setdefault("inputmode", pad)
            break
