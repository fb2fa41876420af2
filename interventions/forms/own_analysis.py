"""The answers to the guiding questions, each in three places, and one change with its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayInput

from ..models import MeetingNote, NoteAudience
from ..services.own_analysis import NoteText

LONGEST_NOTE, LONGEST_CHANGE = 3000, 500
LABELS = {
    NoteAudience.SHARED: gettext_lazy("For the team"),
    NoteAudience.UNIT: gettext_lazy("For those who have the class"),
    NoteAudience.PRIVATE: gettext_lazy("For me only"),
}
ROWS = {NoteAudience.SHARED: 4, NoteAudience.UNIT: 2, NoteAudience.PRIVATE: 2}


@dataclass(frozen=True)
class Place:
    """A field of a question, and the hidden one that says which version of it the page showed."""

    field: forms.BoundField
    version: forms.BoundField


@dataclass(frozen=True)
class AskedField:
    """A question with its places: the one for the team, and the two behind a click. is_open: one of these is used."""

    question: str
    shared: Place
    others: Sequence[Place]

    @property
    def places(self) -> list[Place]:
        return [self.shared, *self.others]

    @property
    def is_answered(self) -> bool:
        return any(place.field.value() for place in self.places)

    @property
    def is_open(self) -> bool:
        return any(place.field.value() or place.field.errors for place in self.others)


class OwnAnalysisForm(forms.Form):
    """prompts: the guiding questions; notes: what stands there already."""

    change = forms.CharField(
        label=gettext_lazy("What I change"),
        required=False,
        max_length=LONGEST_CHANGE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It comes to your start page until you have done it."),
    )
    change_by = forms.DateField(label=gettext_lazy("To be done by"), required=False, widget=DayInput)

    def __init__(
        self, data: Any = None, *, prompts: Sequence[str], notes: Sequence[MeetingNote] = ()
    ) -> None:
        self.prompts = prompts
        self.stored: dict[tuple[NoteAudience, int], MeetingNote] = {
            (NoteAudience(note.audience), note.prompt): note for note in notes
        }
        super().__init__(None if data is None else data.copy())
        for number, prompt in enumerate(prompts, start=1):
            for audience in LABELS:
                self._add_place(audience, number, prompt)

    def _add_place(self, audience: NoteAudience, number: int, prompt: str) -> None:
        note = self.stored.get((audience, number))
        name = name_of(audience, number)
        self.fields[name] = forms.CharField(
            label=LABELS[audience],
            required=False,
            max_length=LONGEST_NOTE,
            initial=note.text if note else "",
            widget=forms.Textarea(
                attrs={"rows": ROWS[audience], "aria-label": f"{prompt} {LABELS[audience]}"}
            ),
        )
        version = note.version if note else 0
        self.fields[f"{name}_version"] = forms.IntegerField(
            required=False, initial=version, widget=forms.HiddenInput
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("change") and not cleaned.get("change_by") and "change_by" not in self.errors:
            self.add_error("change_by", _("Say until when."))
        if cleaned.get("change_by") and not cleaned.get("change") and "change" not in self.errors:
            self.add_error("change", _("Say what you change."))
        return cleaned

    @property
    def asked(self) -> Iterator[AskedField]:
        for number, prompt in enumerate(self.prompts, start=1):
            shared, *others = (self._place(audience, number) for audience in LABELS)
            yield AskedField(prompt, shared, others)

    def _place(self, audience: NoteAudience, number: int) -> Place:
        name = name_of(audience, number)
        return Place(self[name], self[f"{name}_version"])

    @property
    def texts(self) -> list[NoteText]:
        """What is not as it stands."""
        places = [(audience, number) for audience in LABELS for number in range(1, len(self.prompts) + 1)]
        texts = [self._text_at(*place) for place in places]
        return [each for each in texts if each.text != self._stands(each.audience, each.prompt)]

    def _text_at(self, audience: NoteAudience, number: int) -> NoteText:
        name = name_of(audience, number)
        version = self.cleaned_data[f"{name}_version"] or 0
        return NoteText(name, audience, number, self.cleaned_data[name].strip(), version)

    def _stands(self, audience: NoteAudience, number: int) -> str:
        note = self.stored.get((audience, number))
        return note.text if note else ""

    def refuse(self, refusal: ValidationError) -> None:
        """What the service says, by its field. Of two who wrote at once the second sees what the first wrote, and the
        next saving is of that version."""
        for name, found in errors_by_field(refusal).items():
            self.add_error(name if name in self.fields else None, found)
            if any(error.code == "conflict" for error in found):
                self._show_what_stands(name)

    def _show_what_stands(self, name: str) -> None:
        typed: Any = self.data
        for (audience, number), note in self.stored.items():
            if name_of(audience, number) == name:
                self.add_error(name, _("There stands now: %(text)s") % {"text": note.text or "–"})
                typed[f"{name}_version"] = str(note.version)


def errors_by_field(refusal: ValidationError) -> Mapping[str, Any]:
    """By an empty name, where it is of no field."""
    return refusal.error_dict if hasattr(refusal, "error_dict") else {"": refusal.error_list}


def name_of(audience: NoteAudience, number: int) -> str:
    return f"{audience.value}_{number}"
