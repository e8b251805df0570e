"""Forms give the browser its own controls and know a replay."""

import datetime as dt
import uuid

from django import forms

from common.pages.forms import HouseForm
from common.refusals import Refused


class VisitForm(HouseForm):
    held_on = forms.DateField()
    held_at = forms.DateTimeField(required=False)
    minutes = forms.IntegerField()
    cost = forms.DecimalField(required=False)


def test_controls_are_the_browsers_own():
    form = VisitForm()

    assert form.fields["held_on"].widget.input_type == "date"
    assert form.fields["held_at"].widget.input_type == "datetime-local"
    assert form.fields["minutes"].widget.attrs["inputmode"] == "numeric"
    assert form.fields["cost"].widget.attrs["inputmode"] == "decimal"


def test_date_goes_out_as_the_browser_wants_it():
    assert 'value="2026-11-21"' in str(VisitForm(initial={"held_on": dt.date(2026, 11, 21)})["held_on"])


def test_once_stays_the_same_when_the_form_is_shown_again():
    once = uuid.uuid4()
    form = VisitForm({"once": str(once), "held_on": "2026-02-31"})

    assert not form.is_valid()
    assert form.once == once
    assert form.once_value == str(once)
    assert "once" not in form.cleaned_data


def test_a_broken_once_counts_as_none():
    assert VisitForm({"once": "1; DROP TABLE"}).once is None
    assert uuid.UUID(VisitForm().once_value)


def test_refusal_stands_above_the_form_and_keeps_what_was_typed():
    form = VisitForm({"held_on": "2026-11-21", "minutes": "40"})
    form.is_valid()

    form.refuse(Refused(["这段时间已有走访。", "请改时间。"]))

    assert form.non_field_errors() == ["这段时间已有走访。", "请改时间。"]
    assert form["minutes"].value() == "40"
