"""Texts that are read above the school are looked through for the names of its pupils."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from pupils.names_in_text import Part, names_at, parts_of

from ..questions.border import check_no_names


class LookedThrough(forms.Form):
    """A form with texts that are read above the school; the form offers its words when it has its other choices.

    border_fields: those whose words stand for themselves there.
    """

    border_fields: Sequence[str] = ()
    no_name = forms.MultipleChoiceField(
        label=_("No pupil's name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick each word that is not the name of a pupil here."),
    )

    @property
    def schools(self) -> Sequence[Unit]:
        """Whose pupils' names are looked for: none where nothing leaves a school, or the writer knows no pupils."""
        raise NotImplementedError

    def offer_words(self) -> None:
        self.fields["no_name"].choices = list(self._words.items())  # type: ignore[attr-defined]  # of a choice

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(names_at(school) for school in self.schools))

    @cached_property
    def _words(self) -> dict[str, str]:
        """What may be a name in any text that can leave, as it stands, by the word that is ticked."""
        words: dict[str, str] = {}
        for part in (part for name in self.border_fields for part in self.parts(name) if part.is_name):
            words.setdefault(part.word, part.text)
        return words

    def text_of(self, name: str) -> str:
        """As it was typed; empty for a field that the form does not have."""
        return str(self[name].value() or "") if name in self.fields else ""

    def label_of(self, name: str) -> Any:
        return self.fields[name].label

    def parts(self, name: str) -> list[Part]:
        """The text of a field in pieces, what may be names marked; empty where nothing may be."""
        parts = parts_of(self.text_of(name), self.names) if self.schools else []
        return parts if any(part.is_name for part in parts) else []

    @property
    def marked(self) -> list[tuple[Any, list[Part]]]:
        """(label, pieces) of every text with words that may be names."""
        found = [(name, self.parts(name)) for name in self.border_fields]
        return [(self.label_of(name), parts) for name, parts in found if parts]

    def look_through(self, name: str) -> None:
        """Puts the error at the field whose words have to be changed or ticked."""
        if name in self.errors:
            return
        try:
            for school in self.schools:
                check_no_names(self.text_of(name), school, self.cleaned_data.get("no_name", ()))
        except forms.ValidationError as problem:
            self.add_error(name if name in self.fields else None, problem)
