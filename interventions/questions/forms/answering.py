from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import Unit

from ...models import QuestionStop
from .looked import LONGEST_REASON, LONGEST_TEXT, Looked


class AnswerForm(Looked):
    """An answer. answered_on: for an application, the day on which they answered."""

    border_fields = ("text",)
    text = forms.CharField(
        label=_("What do you answer?"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    answered_on = forms.DateField(label=_("Answered on"), widget=DayInput)

    def __init__(
        self, data: Any = None, *, stop: QuestionStop, school: Unit | None, today: datetime.date
    ) -> None:
        self.stop, self.today = stop, today
        super().__init__(data, school=school, initial={"answered_on": today}, auto_id="answer_%s")
        if not stop.recipient:
            del self.fields["answered_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.look_through("text")
        on, applied_on = cleaned.get("answered_on"), self.stop.applied_on
        if on and applied_on and not applied_on <= on <= self.today:
            self.add_error("answered_on", _("The day is after the application, and today at the latest."))
        return cleaned


class AskAgainForm(Looked):
    """Why the answer did not help."""

    border_fields = ("why",)
    why = forms.CharField(
        label=_("What is still open"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.look_through("why")
        return cleaned
