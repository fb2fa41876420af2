"""What is written about a question. The forms validate, and show what may be names before a text leaves the school."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput
from accounts.models import Unit
from pupils.names_in_text import Part, names_at, parts_of

from ..models import DevelopmentArea, Question, QuestionStop, SupportQueue, Whose
from ..services.questions import Application, ForAbove
from .border import check_no_names, crosses
from .places import Place

OUTSIDE = "outside"
LONGEST_TEXT, LONGEST_REASON = 2000, 500
NOT_SORTED = ("", _("Not sorted yet"))


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
        self.fields["no_name"].choices = list(self._words.items())  # type: ignore[attr-defined]  # of a choice

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


def area_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("What it is about"), required=False)


class SortForm(forms.Form):
    """Whose it is to change, and what it is about."""

    whose = forms.ChoiceField(label=_("Whose is it to change?"), choices=Whose, widget=forms.RadioSelect)
    area = area_field()

    def __init__(self, *args: Any, areas: Sequence[DevelopmentArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.key: area for area in areas}
        _offer(self.fields["area"], [NOT_SORTED, *((key, area.name) for key, area in self.areas.items())])

    @property
    def chosen_area(self) -> DevelopmentArea | None:
        return self.areas.get(self.cleaned_data["area"])


class AskForm(Looked):
    """A new question: two things to fill in, the rest is proposed.

    text_above: asked for only when it leaves the school.
    """

    border_fields = ("text_above",)
    text = forms.CharField(
        label=_("What do you ask, or what is in the way?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )
    text_above = forms.CharField(
        label=_("What is read outside the school"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("No pupil may be made out. What you wrote first stays at the school."),
    )
    whose = forms.ChoiceField(label=_("Whose is it to change?"), choices=Whose, widget=forms.RadioSelect)
    to = forms.ChoiceField(label=_("Who gets it first"))
    area = area_field()

    def __init__(
        self,
        data: Any = None,
        *,
        school: Unit | None,
        places: Sequence[Place],
        usual: Place,
        areas: Sequence[DevelopmentArea],
    ) -> None:
        if data is not None and school is not None and not data.get("text_above"):
            data = data.copy()
            data["text_above"] = data.get("text", "")
            self.is_first_look = True
        else:
            self.is_first_look = False
        super().__init__(data, school=school, initial={"to": usual.code})
        self.places = {place.code: place for place in places}
        self.areas = {area.key: area for area in areas}
        _offer(self.fields["to"], [(code, place.words) for code, place in self.places.items()])
        self.fields["text_above"].required = self.leaves_the_school
        _offer(self.fields["area"], [NOT_SORTED, *((key, area.name) for key, area in self.areas.items())])

    @property
    def leaves_the_school(self) -> bool:
        place = self.places.get(str(self["to"].value()))
        return self.is_bound and place is not None and crosses(self.school, place)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.leaves_the_school:
            self.look_through("text_above")
            if self.is_first_look and "text_above" not in self.errors and "text" in cleaned:
                self.add_error("text_above", _("Read through what leaves the school, then send it."))
        return cleaned

    @property
    def place(self) -> Place:
        return self.places[self.cleaned_data["to"]]

    @property
    def chosen_area(self) -> DevelopmentArea | None:
        return self.areas.get(self.cleaned_data["area"])


class PassOnForm(Looked):
    """Where a question goes next, and why. Outside the municipality it is applied for, and followed up here."""

    border_fields = ("text_above", "why", "recipient")
    to = forms.ChoiceField(label=_("Pass on to"), widget=forms.RadioSelect)
    why = forms.CharField(label=_("Why"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))
    text_above = forms.CharField(
        label=_("What is read outside the school"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Needed when it leaves the school. No pupil may be made out. The first text stays at the school."
        ),
    )
    recipient = forms.CharField(
        label=_("To whom the application goes"),
        required=False,
        max_length=150,
        help_text=_("Only for an application outside the municipality."),
    )
    applied_on = forms.DateField(label=_("Applied on"), required=False, widget=DayInput)

    def __init__(
        self,
        data: Any = None,
        *,
        question: Question,
        school: Unit | None,
        places: Sequence[Place],
        may_apply: bool,
        today: datetime.date,
    ) -> None:
        self.question = question
        super().__init__(data, school=school, initial={"text_above": question.text, "applied_on": today})
        self.places = {place.code: place for place in places}
        choices = [(code, place.words) for code, place in self.places.items()]
        if may_apply:
            choices.append((OUTSIDE, gettext("Apply outside the municipality")))
        else:
            del self.fields["recipient"], self.fields["applied_on"]
        if school is None or question.has_left_the_school:
            del self.fields["text_above"]
        _offer(self.fields["to"], choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_outside = cleaned.get("to") == OUTSIDE
        if is_outside:
            for name in ("recipient", "applied_on"):
                if name in self.fields and not cleaned.get(name):
                    self.add_error(name, _("Fill this in for an application."))
        place = self.places.get(cleaned.get("to", ""))
        if is_outside or (place is not None and crosses(self.school, place)):
            if "text_above" in self.fields and not cleaned.get("text_above"):
                self.add_error("text_above", _("Write what is to be read outside the school."))
            for name in self.border_fields:
                if name in self.fields:
                    self.look_through(name)
        return cleaned

    def destination(self, here: Place) -> Place:
        """An application is followed up from where the question stands."""
        return self.places.get(self.cleaned_data["to"], here)

    @property
    def application(self) -> Application | None:
        if self.cleaned_data["to"] != OUTSIDE:
            return None
        return Application(self.cleaned_data["recipient"], self.cleaned_data["applied_on"])


class AnswerForm(Looked):
    """An answer. answered_on: for an application, the day on which they answered."""

    border_fields = ("text",)
    text = forms.CharField(
        label=_("What do you answer?"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    answered_on = forms.DateField(label=_("Answered on"), widget=DayInput)

    def __init__(
        self, data: Any = None, *, stop: QuestionStop, school: Unit | None, today: datetime.date
    ) -> None:
        self.stop, self.today = stop, today
        super().__init__(data, school=school, initial={"answered_on": today}, auto_id="answer_%s")
        if not stop.recipient:
            del self.fields["answered_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.look_through("text")
        on, applied_on = cleaned.get("answered_on"), self.stop.applied_on
        if on and applied_on and not applied_on <= on <= self.today:
            self.add_error("answered_on", _("The day is after the application, and today at the latest."))
        return cleaned


class AskAgainForm(Looked):
    """Why the answer did not help."""

    border_fields = ("why",)
    why = forms.CharField(
        label=_("What is still open"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.look_through("why")
        return cleaned


class NameForm(forms.Form):
    """A new development area or support function."""

    name = forms.CharField(label=_("Name"), max_length=60)


class AreaForm(NameForm):
    is_closed = forms.BooleanField(label=_("No longer to be chosen"), required=False)


class QueueForm(AreaForm):
    """people: who holds the role of support function."""

    members = forms.MultipleChoiceField(
        label=_("Who answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none if everybody with the role of support function answers here."),
    )
    field_order = ("name", "members", "is_closed")

    def __init__(self, data: Any = None, *, queue: SupportQueue, people: Sequence[Any]) -> None:
        initial = {
            "name": queue.name,
            "members": [user.key for user in queue.members.all()],
            "is_closed": queue.closed_at is not None,
        }
        super().__init__(data, initial=initial)
        self.people: Mapping[str, Any] = {user.key: user for user in people}
        _offer(self.fields["members"], [(key, user.name) for key, user in self.people.items()])


def _offer(field: forms.Field, choices: Sequence[Any]) -> None:
    field.choices = choices  # type: ignore[attr-defined]  # of a choice
