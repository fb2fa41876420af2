"""What a person answers to an import's questions: validated against what was asked; importing/lifecycle.py saves it."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pupils.school_years import SchoolYear

from .importing.decisions import LEAVE, NEW, Decisions
from .models import ImportBatch

# Still open, or asked again.
OPEN = ""


class DecisionForm(forms.Form):
    """One field per row in doubt ("pupil-" and the row's key), and the ticks of the differences from the register.

    same_all: every row with one candidate of exactly its name and class is about that pupil, unless it says otherwise.
    move, new_name: keys of pupils. move_all: groups of moves, all pupils of a class who go to the same class.
    """

    moves_on = forms.DateField(
        label=_("The register is changed from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    same_all = forms.BooleanField(required=False)
    move = forms.MultipleChoiceField(required=False)
    move_all = forms.MultipleChoiceField(required=False)
    new_name = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any = None, *, batch: ImportBatch, today: datetime.date) -> None:
        self.asked: dict[str, Any] = batch.decisions.get("asked", {})
        self.before = Decisions.from_json(batch.decisions)
        self.school_year = SchoolYear.of(today)
        super().__init__(data, initial={"moves_on": self.before.moves_on or today})
        self.moves: list[dict[str, Any]] = self.asked.get("moves", [])
        self.names: list[dict[str, Any]] = self.asked.get("names", [])
        _offer(self.fields["move"], [move["key"] for move in self.moves])
        _offer(self.fields["move_all"], sorted({move["group"] for move in self.moves}))
        _offer(self.fields["new_name"], [name["key"] for name in self.names])
        for question in self.asked.get("pupils", []):
            answers = [OPEN, *question["answers"], LEAVE, *([NEW] if question["may_be_new"] else [])]
            self.fields[field_name(question)] = forms.ChoiceField(
                required=False, choices=[(answer, answer) for answer in answers]
            )

    def clean_moves_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["moves_on"]
        first, last = self.school_year.first_day, self.school_year.valid_to - datetime.timedelta(days=1)
        if day and not first <= day <= last:
            raise forms.ValidationError(
                _("Choose a day of the school year, from %(first)s to %(last)s."),
                params={"first": first.isoformat(), "last": last.isoformat()},
            )
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if (said.get("move") or said.get("move_all")) and not said.get("moves_on") and not self.errors:
            self.add_error("moves_on", _("Say from which day the pupils are in their new class."))
        return said

    @property
    def decisions(self) -> Decisions:
        """The answers: those given now, and earlier ones to questions that the page did not hold."""
        said = self.cleaned_data
        return Decisions(
            pupils=self._answers(),
            moves=self._ticked_moves(),
            names=self.before.names - {name["key"] for name in self.names} | frozenset(said["new_name"]),
            moves_on=said["moves_on"],
        )

    def _answers(self) -> dict[str, str]:
        answers = dict(self.before.pupils)
        for question in self.asked.get("pupils", []):
            key, name = question["key"], field_name(question)
            if name in self.data:
                answers.pop(key, None)
                if self.cleaned_data[name]:
                    answers[key] = self.cleaned_data[name]
            if self.cleaned_data["same_all"] and question["is_plain"]:
                answers.setdefault(key, question["answers"][0])
        return answers

    def _ticked_moves(self) -> frozenset[str]:
        groups = set(self.cleaned_data["move_all"])
        of_groups = {move["key"] for move in self.moves if move["group"] in groups}
        not_asked = self.before.moves - {move["key"] for move in self.moves}
        return not_asked | of_groups | frozenset(self.cleaned_data["move"])


def field_name(question: dict[str, Any]) -> str:
    return f"pupil-{question['key']}"


def _offer(field: forms.Field, values: list[str]) -> None:
    field.choices = [(value, value) for value in values]  # type: ignore[attr-defined]  # a field of choices
