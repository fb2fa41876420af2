"""What is asked for when the log is followed up. Sent by POST, or by keys and days: no name stands in an address."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import User

from ..models import Selection

HOURS = 24
MOST_RANDOM = 100


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ControlForm(forms.Form):
    """A new control: which days, and which kinds of reads."""

    first_on = forms.DateField(label=_("First day"), widget=DayInput)
    last_on = forms.DateField(label=_("Last day"), widget=DayInput)
    selections = forms.MultipleChoiceField(
        label=_("Which reads"), choices=Selection.choices, widget=forms.CheckboxSelectMultiple
    )
    n_random = forms.IntegerField(
        label=_("Size of the random sample"), min_value=1, max_value=MOST_RANDOM, initial=20
    )
    day_begins = forms.IntegerField(
        label=_("Working hours begin"),
        min_value=0,
        max_value=HOURS - 1,
        help_text=_("Full hours. Earlier reads, and those at weekends, are outside working hours."),
    )
    day_ends = forms.IntegerField(label=_("Working hours end"), min_value=1, max_value=HOURS)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("first_on") and said.get("last_on") and said["last_on"] < said["first_on"]:
            self.add_error("last_on", _("The last day is before the first."))
        if said.get("day_ends", HOURS) <= said.get("day_begins", 0):
            self.add_error("day_ends", _("The working hours end before they begin."))
        return said


class SignForm(forms.Form):
    outcome = forms.CharField(
        label=_("Outcome"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What the control came to, and what is done about it. No pupil's name."),
    )


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, person: User) -> str:
        return f"{person.name} ({person.login})"


class AccountForm(forms.Form):
    """An account and two moments, as an address says them."""

    person = PersonChoice(
        label=_("Account"),
        queryset=User.objects.none(),
        to_field_name="key",
        empty_label=_("Choose an account"),
    )
    since = forms.DateTimeField(label=_("From"), widget=MomentInput)
    until = forms.DateTimeField(label=_("Up to"), widget=MomentInput)

    def __init__(self, data: Any, municipality: Any) -> None:
        super().__init__(data)
        people = User.objects.filter(municipality=municipality).order_by("name", "login")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


class PeriodForm(forms.Form):
    """The days of which a pupil's readers are shown."""

    since = forms.DateField(label=_("First day"), widget=DayInput)
    until = forms.DateField(label=_("Last day"), widget=DayInput)


class PupilSearchForm(forms.Form):
    q = forms.CharField(
        label=_("Name, identity number or own id"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def days_before(n: int) -> tuple[datetime.date, datetime.date]:
    today = timezone.localdate()
    return today - datetime.timedelta(days=n), today
