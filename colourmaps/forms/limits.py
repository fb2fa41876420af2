"""The form of new limits: tried out by GET, saved by POST. It says what is wrong; the services know the rules."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit

from ..limits import Limits
from ..models import Indicator
from ..scales import format_value
from .new_indicator import hundredths_of

# In place of a school's key; keys have no capitals.
FOR_ALL = "ALL"


class DayInput(forms.DateInput):
    """The browser's own calendar; it sends and wants ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class LimitsForm(forms.Form):
    """After `is_valid`: `limits`, `school` (None for the municipality's), and cleaned year_groups and from_day.

    schools: for which the person may decide, by key; for_all: whether also for the municipality.
    """

    whose = forms.ChoiceField(label=_("Whose limits"))
    year_groups = forms.TypedMultipleChoiceField(
        label=_("Year groups"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    yellow = forms.CharField(
        label=_("Yellow limit"), max_length=50, help_text=_("A value on the limit is yellow.")
    )
    green = forms.CharField(
        label=_("Green limit"), max_length=50, help_text=_("A value on the limit is green.")
    )
    from_day = forms.DateField(
        label=_("From"),
        widget=DayInput,
        help_text=_(
            "Values measured on this day or later are judged by the new limits; earlier ones keep their colour."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        help_text=_("Why the school has other limits than the municipality. It is shown with its maps."),
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=200, help_text=_("For example the decision's number.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        indicator: Indicator,
        schools: Mapping[str, Unit],
        for_all: str,
        year_groups: Collection[tuple[int, str]],
        initial: Mapping[str, Any],
    ) -> None:
        """for_all: the municipality's name, if the person may decide for it. year_groups: number and name."""
        self.indicator, self.schools = indicator, schools
        super().__init__(data, initial=dict(initial))
        whose = [(FOR_ALL, for_all)] if for_all else []
        self._offer("whose", [*whose, *((key, unit.name) for key, unit in schools.items())])
        self._offer("year_groups", list(year_groups))
        steps = indicator.scale.steps
        for name in ("yellow", "green"):
            if steps:
                choices = [(str(step.number), step.label) for step in reversed(steps)]
                self.fields[name] = forms.ChoiceField(
                    label=self.fields[name].label, choices=choices, help_text=self.fields[name].help_text
                )
            else:
                self.fields[name].widget.attrs |= {"inputmode": "decimal", "class": "short"}

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    @property
    def school(self) -> Unit | None:
        return self.schools.get(self.cleaned_data["whose"])

    @property
    def limits(self) -> Limits:
        return Limits(self.cleaned_data["yellow"], self.cleaned_data["green"])

    @property
    def first_day(self) -> datetime.date:
        return self.cleaned_data["from_day"]

    def clean_yellow(self) -> int:
        return self._limit("yellow")

    def clean_green(self) -> int:
        return self._limit("green")

    def _limit(self, name: str) -> int:
        text = self.cleaned_data[name]
        if self.indicator.scale.steps:
            return int(text)
        return hundredths_of(text.removesuffix(self.indicator.unit).strip() if self.indicator.unit else text)


def written(limit: int, indicator: Indicator) -> str:
    """A limit as the form's field holds it."""
    return str(limit) if indicator.scale.steps else format_value(limit, indicator.scale)
