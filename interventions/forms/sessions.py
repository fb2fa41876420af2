"""The forms of sessions: when they are to be, one more, what came of one, several at once. The services save."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayInput

from ..delivery import EVERY_SCHOOL_DAY, Wish, usual_weekdays
from ..models import Intervention, Session, SessionState
from ..session_rules import LONGEST, Mark, check_day, check_mark

# A school is no larger; a number above it is a slip of the finger.
MOST_PUPILS = 5000
MOST_SESSIONS = 400


class NumberField(forms.IntegerField):
    """A number of pupils."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "class": "short"}
        super().__init__(min_value=0, max_value=MOST_PUPILS, widget=forms.NumberInput(attrs=attrs), **kwargs)


class WishForm(forms.Form):
    """When there are to be sessions: weekdays, period, and a holiday that is left out."""

    weekday = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    first = forms.DateField(label=gettext_lazy("From"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("To"), widget=DayInput)
    free_from = forms.DateField(label=gettext_lazy("No sessions from"), widget=DayInput, required=False)
    free_to = forms.DateField(label=gettext_lazy("No sessions until"), widget=DayInput, required=False)

    def __init__(self, data: Any = None, *, intervention: Intervention) -> None:
        self.intervention = intervention
        super().__init__(data or self.usual(intervention))
        names = [(day, WEEKDAYS[day].capitalize()) for day in EVERY_SCHOOL_DAY]
        self.fields["weekday"].choices = names  # type: ignore[attr-defined]  # a ChoiceField

    @staticmethod
    def usual(intervention: Intervention) -> Mapping[str, Any]:
        """As the plan says, until the day it ends or is followed up."""
        last = intervention.ended_on or intervention.planned_until or intervention.follow_up_on
        return {
            "weekday": list(usual_weekdays(intervention.times_per_week)),
            "first": intervention.starts_on,
            "last": min(last, intervention.starts_on + LONGEST),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        for name, day in (("first", first), ("last", last)):
            if day:
                self._ask(name, day)
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        free_from, free_to = cleaned.get("free_from"), cleaned.get("free_to")
        if free_from and free_to and free_to < free_from:
            self.add_error("free_to", _("The holiday ends before it begins."))
        return cleaned

    def _ask(self, name: str, day: datetime.date) -> None:
        try:
            check_day(self.intervention, day)
        except ValidationError as refusal:
            self.add_error(name, refusal)

    @property
    def wish(self) -> Wish:
        cleaned = self.cleaned_data
        return Wish(
            cleaned["first"],
            cleaned["last"],
            cleaned["weekday"],
            cleaned["free_from"],
            cleaned["free_to"],
        )


class DaysForm(forms.Form):
    """The days that were proposed and kept."""

    n_expected = NumberField(
        label=gettext_lazy("Pupils expected each time"),
        help_text=gettext_lazy("The number of pupils whom it is for today. No names are written."),
    )

    def __init__(self, data: Any = None, *, intervention: Intervention, n_expected: int) -> None:
        self.intervention = intervention
        super().__init__(data, initial={"n_expected": n_expected})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sent = self.data.getlist("day")[: MOST_SESSIONS + 1]  # type: ignore[attr-defined]  # a QueryDict
        if not sent:
            raise ValidationError(_("No day is chosen. Choose at least one."))
        if len(sent) > MOST_SESSIONS:
            raise ValidationError(_("That is more than %(n)s sessions.") % {"n": MOST_SESSIONS})
        field = forms.DateField()
        cleaned["days"] = [field.clean(day) for day in sent]
        for day in cleaned["days"]:
            check_day(self.intervention, day)
        return cleaned


class SessionForm(forms.Form):
    """One more session than was planned, or one that was forgotten."""

    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    n_expected = NumberField(label=gettext_lazy("Pupils expected"))
    n_present = NumberField(
        label=gettext_lazy("Pupils present"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the session has not been held yet."),
    )

    def __init__(self, data: Any = None, *, n_expected: int) -> None:
        super().__init__(data, initial={"n_expected": n_expected}, auto_id="added_%s")


class MarkForm(forms.Form):
    """What came of a session. Where the number is left empty, everybody came."""

    state = forms.ChoiceField(choices=SessionState)
    n_present = NumberField(label=gettext_lazy("Pupils present"), required=False)
    n_expected = NumberField(label=gettext_lazy("Pupils expected"))
    was = forms.CharField(max_length=40)

    def __init__(self, data: Any = None, *, session: Session) -> None:
        self.session = session
        super().__init__(data, auto_id=f"session_{session.pk}_%s")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            check_mark(self.session.on, self.mark)
        return cleaned

    @property
    def mark(self) -> Mark:
        cleaned = self.cleaned_data
        if cleaned["state"] != SessionState.HELD:
            return Mark(cleaned["state"], cleaned["n_expected"])
        n_present = cleaned["n_present"]
        return Mark(
            cleaned["state"],
            cleaned["n_expected"],
            cleaned["n_expected"] if n_present is None else n_present,
        )

    @property
    def sentences(self) -> list[str]:
        """Everything that is wrong, for a row that has no room for a field's own list."""
        return [str(error) for errors in self.errors.values() for error in errors]


class SeveralForm(forms.Form):
    """The same for several sessions at once."""

    do = forms.ChoiceField(choices=[("held", ""), ("cancelled", ""), ("remove", "")])
    chosen = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": gettext_lazy("No session is chosen. Tick those that you mean.")},
    )

    def __init__(self, data: Any, *, ids: Collection[int]) -> None:
        super().__init__(data)
        self.fields["chosen"].choices = [(pk, "") for pk in ids]  # type: ignore[attr-defined]  # a ChoiceField
