from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ...models import AnalysisMeeting


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HoldingForm(forms.Form):
    """Who leads the meeting, when on its day, for how long and where."""

    lead = forms.ChoiceField(label=_("Led by"))
    at = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=600)
    place = forms.CharField(label=_("Place"), required=False, max_length=100)

    def __init__(self, data: Any = None, *, meeting: AnalysisMeeting, people: Sequence[User]) -> None:
        initial = {
            "lead": meeting.lead.key,
            "at": meeting.at,
            "minutes": meeting.minutes,
            "place": meeting.place,
        }
        super().__init__(data, initial=initial)
        self.people = {meeting.lead.key: meeting.lead} | {person.key: person for person in people}
        choices = [(key, person.name) for key, person in self.people.items()]
        self.fields["lead"].choices = choices  # type: ignore[attr-defined]  # of a choice

    @property
    def holding(self) -> dict[str, Any]:
        """As services.meetings.holding.change_holding takes it."""
        return self.cleaned_data | {"lead": self.people[self.cleaned_data["lead"]]}


class PresenceForm(forms.Form):
    """Who is there."""

    present = forms.MultipleChoiceField(
        label=_("Who is here"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("Others"), required=False, max_length=300, help_text=_("Guests, with their function.")
    )

    def __init__(self, data: Any = None, *, meeting: AnalysisMeeting, people: Sequence[User]) -> None:
        there = list(meeting.present.all())
        self.people = {person.key: person for person in [*people, *there]}
        initial = {"present": [person.key for person in there], "others": meeting.others_present}
        super().__init__(data, initial=initial)
        choices = [(key, person.name) for key, person in self.people.items()]
        self.fields["present"].choices = choices  # type: ignore[attr-defined]  # of a choice

    @property
    def chosen(self) -> list[User]:
        return [self.people[key] for key in self.cleaned_data["present"]]
