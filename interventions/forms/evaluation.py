"""What was learnt, and what goes on after it."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import RoleAssignment

from ..closing_rules import check_continuation, check_evaluation
from ..continuation import usual_dates
from ..models import FollowUp, Intervention, NextStep
from .choices import CHOOSE, choose_from, people_choices


class EvaluationForm(forms.Form):
    """Rests on the follow-up that the page showed, which the form sends back."""

    learnt = forms.CharField(
        label=_("What have we learnt?"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Also when it did not help: what we know now that we did not know before, and what we would do "
            "in another way. Write no names."
        ),
    )
    next_step = forms.ChoiceField(label=_("What follows?"), widget=forms.RadioSelect)
    ended_on = forms.DateField(label=_("Last day"), widget=DayInput)
    follow_up = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        intervention: Intervention,
        follow_up: FollowUp | None,
        today: datetime.date,
    ) -> None:
        """follow_up: the latest, which the page shows."""
        self.intervention, self.latest = intervention, follow_up
        super().__init__(data, initial={"ended_on": today, "follow_up": follow_up and follow_up.pk})
        choices = [(value, capfirst(label)) for value, label in NextStep.choices]
        self.fields["next_step"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if intervention.ended_on is not None:
            del self.fields["ended_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        read = self.latest if self.latest and cleaned.get("follow_up") == self.latest.pk else None
        cleaned["follow_up"] = read
        cleaned["ended_on"] = cleaned.get("ended_on") or self.intervention.ended_on
        if not self.errors:
            check_evaluation(self.intervention, read, cleaned["ended_on"])
        return cleaned

    @property
    def keeps_follow_up(self) -> int | None:
        """What the form is to send back the next time: by then the person has read the latest."""
        return self.latest.pk if self.latest else None


class ContinuationForm(forms.Form):
    """The same once more: its dates, and who answers for it."""

    starts_on = forms.DateField(label=_("Start"), widget=DayInput)
    follow_up_on = forms.DateField(label=_("Follow-up"), widget=DayInput)
    responsible = forms.TypedChoiceField(label=_("Responsible"))

    def __init__(
        self,
        data: Any = None,
        *,
        intervention: Intervention,
        candidates: list[RoleAssignment],
        today: datetime.date,
    ) -> None:
        self.intervention = intervention
        starts_on, follow_up_on = usual_dates(intervention, today)
        people = {held.user.key: held.user for held in candidates}
        key = intervention.responsible.key
        initial = {
            "starts_on": starts_on,
            "follow_up_on": follow_up_on,
            "responsible": key if key in people else "",
        }
        super().__init__(data, initial=initial, auto_id="continue_%s")
        choose_from(self.fields["responsible"], [CHOOSE, *people_choices(candidates)], people)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            check_continuation(self.intervention, cleaned["starts_on"])
        return cleaned

    def refuse(self, refusal: ValidationError) -> None:
        """What the service says: by the field, where there is one of the name."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)
