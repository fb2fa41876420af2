"""Texts of questions that may leave a school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import Unit

from ...forms.looked import LookedThrough
from ...services.questions import ForAbove

LONGEST_TEXT, LONGEST_REASON = 2000, 500


def offer(form: forms.BaseForm, name: str, choices: Sequence[Any]) -> None:
    """What can be chosen in a field."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # of a choice


class Looked(LookedThrough):
    """A form about a question of a school. school: None where nothing is looked through."""

    def __init__(self, *args: Any, school: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.offer_words()

    @property
    def schools(self) -> Sequence[Unit]:
        return [self.school] if self.school else []

    @property
    def for_above(self) -> ForAbove:
        return ForAbove(self.cleaned_data.get("text_above", ""), self.cleaned_data.get("no_name", ()))
