from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.retention_forms import DecisionForm


class FindForm(forms.Form):
    """By the whole number alone: nobody leafs through pupils here."""

    number = forms.CharField(
        label=_("Identity number, or the municipality's own id"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("Who has asked for it, and when"),
        max_length=200,
        help_text=_("Stands in the log beside your name. The extract is for the pupil and the guardians."),
    )


class ErasureForm(DecisionForm):
    ground = forms.CharField(label=_("Ground"), max_length=300, help_text=_("Why, without health or family."))
    strikes_shared_names = forms.BooleanField(
        label=_("Take the name out also where it may be somebody else's"), required=False
    )
