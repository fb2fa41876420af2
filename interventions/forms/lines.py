"""Steps and costs: as many lines as are filled in, and a few empty ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput

from ..plans import Cost, PlannedStep

EMPTY_LINES, MOST_LINES = 3, 40
MOST_MONEY, MOST_HOURS = 1_000_000_000, 100_000


class StepForm(forms.Form):
    """One step; a line whose text is taken away is gone."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    what = forms.CharField(label=_("What"), max_length=200, required=False)
    due_on = forms.DateField(label=_("By when"), widget=DayInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Write by when."))
        if cleaned.get("due_on") and not cleaned.get("what") and not cleaned.get("id"):
            self.add_error("what", _("Write what is to be done."))
        return cleaned


class CostForm(forms.Form):
    """One line of what it costs; money, hours or both."""

    what = forms.CharField(label=_("What"), max_length=100, required=False)
    money = forms.IntegerField(label=_("Money"), required=False, min_value=0, max_value=MOST_MONEY)
    hours = forms.DecimalField(
        label=_("Hours"),
        required=False,
        min_value=0,
        max_value=MOST_HOURS,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        costs_something = cleaned.get("money") or cleaned.get("hours")
        if cleaned.get("what") and not costs_something and not self.errors:
            self.add_error("money", _("Write what it costs, in money or in hours."))
        if costs_something and not cleaned.get("what") and "what" not in self.errors:
            self.add_error("what", _("Write what costs this."))
        return cleaned


def _formset(form: type[forms.Form]) -> Any:
    return forms.formset_factory(form, extra=EMPTY_LINES, max_num=MOST_LINES, validate_max=True)


StepLines, CostLines = _formset(StepForm), _formset(CostForm)


def steps_in(lines: Any) -> list[PlannedStep]:
    return [
        PlannedStep(line["what"], line["due_on"], line.get("id"))
        for line in lines.cleaned_data
        if line.get("what")
    ]


def costs_in(lines: Any) -> list[Cost]:
    return [
        Cost(line["what"], line.get("money") or 0, line.get("hours") or Decimal(0))
        for line in lines.cleaned_data
        if line.get("what")
    ]
