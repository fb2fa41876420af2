"""Texts that may leave a school are looked through for the names of its pupils."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from pupils.names_in_text import Part, names_at, parts_of

from ...services.questions import ForAbove
from ..border import check_no_names

LONGEST_TEXT, LONGEST_REASON = 2000, 500


def offer(form: forms.BaseForm, name: str, choices: Sequence[Any]) -> None:
    """What can be chosen in a field."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # of a choice


class Looked(forms.Form):
    """A form with texts that may leave a school. school: None where nothing is looked through.

    border_fields: those whose words stand for themselves above the school.
    """

    border_fields: Sequence[str] = ()
    no_name = forms.MultipleChoiceField(
        label=_("No pupil's name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick each word that is not the name of a pupil here."),
    )

    def __init__(self, *args: Any, school: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        offer(self, "no_name", list(self._words.items()))

    @cached_property
    def names(self) -> frozenset[str]:
        return names_at(self.school) if self.school else frozenset()

    @cached_property
    def _words(self) -> dict[str, str]:
        """What may be a name in any text that can leave, as it stands, by the word that is ticked."""
        words: dict[str, str] = {}
        for part in (part for name in self.border_fields for part in self.parts(name) if part.is_name):
            words.setdefault(part.word, part.text)
        return words

    def parts(self, name: str) -> list[Part]:
        """The text of a field in pieces, what may be names marked; empty where nothing may be."""
        parts = (
            parts_of(str(self[name].value() or ""), self.names) if self.school and name in self.fields else []
        )
        return parts if any(part.is_name for part in parts) else []

    @property
    def marked(self) -> list[tuple[Any, list[Part]]]:
        """(label, pieces) of every text with words that may be names."""
        found = [
            (self.fields[name].label, self.parts(name)) for name in self.border_fields if name in self.fields
        ]
        return [(label, parts) for label, parts in found if parts]

    def look_through(self, name: str) -> None:
        """Puts the error at the field whose words have to be changed or ticked."""
        if self.school is None or name in self.errors:
            return
        try:
            check_no_names(self.cleaned_data.get(name, ""), self.school, self.cleaned_data.get("no_name", ()))
        except forms.ValidationError as problem:
            self.add_error(name, problem)

    @property
    def for_above(self) -> ForAbove:
        return ForAbove(self.cleaned_data.get("text_above", ""), self.cleaned_data.get("no_name", ()))
