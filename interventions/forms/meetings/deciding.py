from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import User

from ...models import MeetingCase, Outcome
from ...services.meetings import Decision

LONGEST_MEASURE, LONGEST_WHY, LONGEST_SAID = 500, 500, 3000
CHOOSE = ("", _("Choose"))
# Where the form has a field of its own for each reason.
WHY_OF = {Outcome.NONE: "why_none", Outcome.OTHERWISE: "why_otherwise"}


def _lines(n: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": n})


class DecisionForm(forms.Form):
    """What is decided about a case, and what was said. Only the fields of the chosen outcome count.

    version: of the case when the page was shown. Without an outcome, what was said is saved by itself.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    outcome = forms.ChoiceField(
        label=_("What do we decide?"), choices=Outcome, required=False, widget=forms.RadioSelect
    )
    measure = forms.CharField(
        label=_("What do we do?"), required=False, max_length=LONGEST_MEASURE, widget=_lines(2)
    )
    responsible = forms.ChoiceField(label=_("Who does it"), required=False)
    due_on = forms.DateField(label=_("Done by"), required=False, widget=DayInput)
    why_none = forms.CharField(
        label=_("Why no measure?"), required=False, max_length=LONGEST_WHY, widget=_lines(2)
    )
    why_otherwise = forms.CharField(
        label=_("How is it handled, and by whom?"), required=False, max_length=LONGEST_WHY, widget=_lines(2)
    )
    said = forms.CharField(
        label=_("What was said"), required=False, max_length=LONGEST_SAID, widget=_lines(2)
    )

    def __init__(
        self, data: Any = None, *, case: MeetingCase, people: Sequence[User], usual_day: datetime.date
    ) -> None:
        super().__init__(data, initial=_as_decided(case, usual_day))
        self.case = case
        self.people = {person.key: person for person in people}
        if case.responsible is not None:
            self.people.setdefault(case.responsible.key, case.responsible)
        names = [(key, person.name) for key, person in self.people.items()]
        self.fields["responsible"].choices = [CHOOSE, *names]  # type: ignore[attr-defined]  # of a choice

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if outcome == Outcome.MEASURE:
            for name, sentence in MISSING.items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, sentence)
        elif outcome in WHY_OF:
            name = WHY_OF[Outcome(outcome)]
            if name not in self.errors and not cleaned[name]:
                self.add_error(name, _("Write the reason in a few words."))
        elif "outcome" not in self.errors and not self.has_new_words:
            self.add_error("outcome", _("Choose one of the three, or write what was said."))
        return cleaned

    @property
    def has_new_words(self) -> bool:
        return self.cleaned_data.get("said", "") != self.case.said

    @property
    def decision(self) -> Decision | None:
        """None where only what was said is to be saved."""
        cleaned = self.cleaned_data
        if not cleaned["outcome"]:
            return None
        outcome = Outcome(cleaned["outcome"])
        if outcome is not Outcome.MEASURE:
            return Decision(outcome, why=cleaned[WHY_OF[outcome]])
        return Decision(
            outcome,
            measure=cleaned["measure"],
            responsible=self.people[cleaned["responsible"]],
            due_on=cleaned["due_on"],
            made=self.case.made,
        )

    def is_there_already(self, case: MeetingCase) -> bool:
        """Whether the case says just this: the answer to an earlier try was lost on its way."""
        decision = self.decision
        if case.said != self.cleaned_data["said"]:
            return False
        return decision is None or decision == decision_of(case)

    def refuse(self, refusal: forms.ValidationError) -> None:
        """Puts what the service says at the fields that it is about."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        outcome = self.cleaned_data.get("outcome")
        for name, errors in refusal.error_dict.items():
            own = WHY_OF.get(Outcome(outcome), name) if name == "why" and outcome else name
            self.add_error(own if own in self.fields and own != NON_FIELD_ERRORS else None, errors)


MISSING = {
    "measure": _("Write what is done."),
    "responsible": _("Choose who does it."),
    "due_on": _("Choose the day by which it is done."),
}


def decision_of(case: MeetingCase) -> Decision | None:
    """What stands on a case now."""
    if not case.outcome:
        return None
    return Decision(
        Outcome(case.outcome),
        measure=case.measure,
        responsible=case.responsible,
        due_on=case.due_on,
        made=case.made,
        why=case.why,
    )


def _as_decided(case: MeetingCase, usual_day: datetime.date) -> dict[str, Any]:
    return {
        "version": case.version,
        "outcome": case.outcome,
        "measure": case.measure,
        "responsible": case.responsible.key if case.responsible else "",
        "due_on": case.due_on or usual_day,
        "why_none": case.why if case.outcome == Outcome.NONE else "",
        "why_otherwise": case.why if case.outcome == Outcome.OTHERWISE else "",
        "said": case.said,
    }
