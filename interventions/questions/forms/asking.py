from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit

from ...models import DevelopmentArea
from ..border import crosses
from ..places import Place
from .looked import LONGEST_TEXT, Looked, offer
from .sorting import AboutForm


class AskForm(AboutForm, Looked):
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
    to = forms.ChoiceField(label=_("Who gets it first"))
    field_order = ("text", "text_above", "whose", "to", "area", "no_name")

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
        offer(self, "to", [(code, place.words) for code, place in self.places.items()])
        self.fields["text_above"].required = self.leaves_the_school
        self.offer_areas(areas)

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
