from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import DayInput


class DecisionForm(forms.Form):
    """A decision that somebody with the right to it has made; here it is noted."""

    decided_on = forms.DateField(label=_("Day of the decision"), widget=DayInput)
    decided_by = forms.CharField(
        label=_("Decided by"), max_length=100, help_text=_("The board, or whoever decides on its behalf.")
    )
    reference = forms.CharField(
        label=_("Reference"), max_length=60, help_text=_("The number under which the decision is registered.")
    )


class RetentionForm(DecisionForm):
    years = forms.IntegerField(label=_("Kept for so many years"), min_value=0, max_value=100)

    field_order = ("years", "decided_on", "decided_by", "reference")


class RemovalForm(forms.Form):
    """Nothing is asked for: the decision says all."""


class ExportForm(forms.Form):
    purpose = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Stands in the log beside your name.")
    )
