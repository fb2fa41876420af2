"""The fields of a plan. Their labels are the questions that a plan answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput

from ..models import Kind
from ..plans import FIXED_FROM_START
from .expectation import ChangeField


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class PlanFields(forms.Form):
    """The first ten everybody fills in; the others are folded away until somebody wants them."""

    indicator = forms.TypedChoiceField(label=_("Indicator"))
    part = forms.TypedMultipleChoiceField(
        label=_("Which of them"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pupil = forms.TypedMultipleChoiceField(
        label=_("For whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none if it is for everybody."),
    )
    title = forms.CharField(
        label=_("What we do"), max_length=150, help_text=_("What the adults do differently from now on.")
    )
    practice = forms.CharField(
        label=_("What changes in practice"),
        max_length=1000,
        widget=_text(2),
        help_text=_("So that somebody who comes in sees it: when, where, how."),
    )
    aim = forms.CharField(label=_("What we want to reach"), max_length=1000, widget=_text(2))
    expected_change = ChangeField(required=False)
    responsible = forms.TypedChoiceField(label=_("Responsible"))
    starts_on = forms.DateField(label=_("Start"), widget=DayInput)
    follow_up_on = forms.DateField(label=_("Follow-up"), widget=DayInput)

    background = forms.CharField(
        label=_("Background"),
        max_length=3000,
        required=False,
        widget=_text(3),
        help_text=_("What we have seen, and what we think it depends on. Write no names."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind, initial=Kind.TEACHING)
    times_per_week = forms.IntegerField(label=_("Times per week"), required=False, min_value=1, max_value=50)
    minutes_each_time = forms.IntegerField(
        label=_("Minutes each time"), required=False, min_value=1, max_value=600
    )
    planned_until = forms.DateField(label=_("Planned until"), widget=DayInput, required=False)
    participant = forms.TypedMultipleChoiceField(
        label=_("Who takes part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other_participants = forms.CharField(
        label=_("Others who take part"),
        max_length=300,
        required=False,
        help_text=_("For example: the speech therapist, the leisure centre."),
    )
    family_part = forms.CharField(
        label=_("How pupil and guardian take part"), max_length=1000, required=False, widget=_text(2)
    )
    waiting = forms.TypedMultipleChoiceField(
        label=_("Who waits"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Pupils who get the same later. Until then they are the fairest comparison there is."),
    )


# Fields that name one thing each of a list in the plan, and what of the plan is no field.
ONE_OF_A_LIST = {"parts": "part", "pupils": "pupil"}
NOT_IN_THE_FORM = ("unit", "predecessor")
# What stays as it is once the intervention has started.
FIXED_FIELDS = [ONE_OF_A_LIST.get(name, name) for name in FIXED_FROM_START if name not in NOT_IN_THE_FORM]
# Fields that are named as in the plan; the others name one thing each of a list there.
AS_IN_THE_PLAN = (
    "indicator",
    "title",
    "practice",
    "aim",
    "expected_change",
    "responsible",
    "starts_on",
    "follow_up_on",
    "background",
    "kind",
    "times_per_week",
    "minutes_each_time",
    "planned_until",
    "other_participants",
    "family_part",
)
# Folded away at first.
MORE = (
    "background",
    "kind",
    "times_per_week",
    "minutes_each_time",
    "planned_until",
    "participant",
    "other_participants",
    "family_part",
    "waiting",
)
