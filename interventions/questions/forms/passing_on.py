from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import Unit

from ...models import Question
from ...services.questions import Application
from ..border import crosses
from ..places import Place
from .looked import LONGEST_REASON, LONGEST_TEXT, Looked, offer

OUTSIDE = "outside"


class PassOnForm(Looked):
    """Where a question goes next, and why. Outside the municipality it is applied for, and followed up here."""

    border_fields = ("text_above", "why", "recipient")
    to = forms.ChoiceField(label=_("Pass on to"), widget=forms.RadioSelect)
    why = forms.CharField(label=_("Why"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))
    text_above = forms.CharField(
        label=_("What is read outside the school"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Needed when it leaves the school. No pupil may be made out. The first text stays at the school."
        ),
    )
    recipient = forms.CharField(
        label=_("To whom the application goes"),
        required=False,
        max_length=150,
        help_text=_("Only for an application outside the municipality."),
    )
    applied_on = forms.DateField(label=_("Applied on"), required=False, widget=DayInput)

    def __init__(
        self,
        data: Any = None,
        *,
        question: Question,
        school: Unit | None,
        places: Sequence[Place],
        may_apply: bool,
        today: datetime.date,
    ) -> None:
        self.question = question
        super().__init__(data, school=school, initial={"text_above": question.text, "applied_on": today})
        self.places = {place.code: place for place in places}
        choices = [(code, place.words) for code, place in self.places.items()]
        if may_apply:
            choices.append((OUTSIDE, gettext("Apply outside the municipality")))
        else:
            del self.fields["recipient"], self.fields["applied_on"]
        if school is None or question.has_left_the_school:
            del self.fields["text_above"]
        offer(self, "to", choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_outside = cleaned.get("to") == OUTSIDE
        if is_outside:
            for name in ("recipient", "applied_on"):
                if name in self.fields and not cleaned.get(name):
                    self.add_error(name, _("Fill this in for an application."))
        place = self.places.get(cleaned.get("to", ""))
        if is_outside or (place is not None and crosses(self.school, place)):
            if "text_above" in self.fields and not cleaned.get("text_above"):
                self.add_error("text_above", _("Write what is to be read outside the school."))
            for name in self.border_fields:
                if name in self.fields:
                    self.look_through(name)
        return cleaned

    def destination(self, here: Place) -> Place:
        """An application is followed up from where the question stands."""
        return self.places.get(self.cleaned_data["to"], here)

    @property
    def application(self) -> Application | None:
        if self.cleaned_data["to"] != OUTSIDE:
            return None
        return Application(self.cleaned_data["recipient"], self.cleaned_data["applied_on"])
