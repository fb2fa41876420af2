from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.retention_forms import DecisionForm

from .names_in_text import names_in


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
        help_text=_(
            "Pupil, guardian or representative, and the day; no names. It stands in the log beside your name. The "
            "extract is for the pupil and the guardians."
        ),
    )

    def __init__(self, *sent: Any, words: Collection[str]) -> None:
        """words: of the pupil's name and numbers, which the log does not hold."""
        super().__init__(*sent)
        self.words = words

    def clean_purpose(self) -> str:
        purpose: str = self.cleaned_data["purpose"]
        if names_in(purpose, self.words):
            raise forms.ValidationError(_("The log holds no names and numbers. Write it without them."))
        return purpose


class ErasureForm(DecisionForm):
    ground = forms.CharField(label=_("Ground"), max_length=300, help_text=_("Why, without health or family."))
    strikes_shared_names = forms.BooleanField(
        label=_("Take the name out also where it may be somebody else's"), required=False
    )
