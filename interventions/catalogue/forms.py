"""The forms of the catalogue. They validate; services/catalogue.py saves."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Municipality, User

from ..models import CONTENT_FIELDS, CatalogueEntry
from ..models.catalogue import OLDEST
from .ages import age_in_words, check_ages

CAPITALISED = ("kind", "area", "profession", "evidence_level")
HIGH = ("aim", "practice", "need", "evidence", "sources")
HELP = {
    "need": _("What the adults have seen, and when this is the right thing to do."),
    "evidence": _("In a sentence or two, also if they found nothing."),
    "sources": _("Where somebody can read more."),
    "cost_per": _("For example: a group and term."),
    "waiting_weeks": _("0 if it can begin at once. Empty if it is not known."),
    "contact": _("A person or a function that others can ask."),
}


class EntryForm(forms.ModelForm):
    """An entry, new or changed. After `is_valid`, `content` and `cleaned_data["owner"]` are what was asked for."""

    age_from = forms.TypedChoiceField(label=_("From age"), coerce=int)
    age_to = forms.TypedChoiceField(label=_("To age"), coerce=int)
    owner = forms.TypedChoiceField(
        label=_("Kept by"), help_text=_("Is asked once a year whether all of it is still right.")
    )
    is_checked = forms.BooleanField(
        label=_("I have gone through all of it, and it is right today."), required=False
    )

    class Meta:
        model = CatalogueEntry
        fields = CONTENT_FIELDS
        help_texts = HELP

    def __init__(
        self,
        data: Any = None,
        *,
        municipality: Municipality,
        today: datetime.date,
        owners: Iterable[User],
        entry: CatalogueEntry | None = None,
        owner: User,
    ) -> None:
        """owners: who can keep it. owner: who does, until somebody else is chosen."""
        super().__init__(data, instance=entry, initial={"owner": owner.key})
        self.people = {each.key: each for each in owners}
        ages = [(age, age_in_words(age, municipality.country, today)) for age in range(OLDEST + 1)]
        for name in ("age_from", "age_to"):
            self._offer(name, ages, int)
        people = [(key, each.name) for key, each in self.people.items()]
        if owner.key not in self.people:
            people.insert(0, ("", gettext("Choose")))
        self._offer("owner", people, self.people.__getitem__)
        for name in CAPITALISED:
            choices = [(value, str(label).capitalize()) for value, label in self.fields[name].choices]  # type: ignore[attr-defined]  # all of these are choices
            self._offer(name, choices, str)
        for name in HIGH:
            self.fields[name].widget.attrs["rows"] = 3
        if entry is None:
            del self.fields["is_checked"]

    def _offer(self, name: str, choices: list[Any], coerce: Any) -> None:
        field: Any = self.fields[name]
        field.choices, field.coerce = choices, coerce

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("age_from"), cleaned.get("age_to")
        if first is not None and last is not None:
            try:
                check_ages(first, last)
            except forms.ValidationError as problem:
                self.add_error("age_to", problem)
        if cleaned.get("cost_per") == "" and (cleaned.get("cost_money") or cleaned.get("cost_hours")):
            self.add_error(
                "cost_per", gettext("Say for what it costs so much, for example a group and term.")
            )
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTENT_FIELDS}


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to everybody who finds the entry, so that it is not tried again without knowing."),
    )


class ShareForm(forms.Form):
    """What crosses beside the text itself; nothing of it unless it is ticked."""

    with_contact = forms.BooleanField(label=_("Tell them the contact"), required=False)
    with_results = forms.BooleanField(
        label=_("Tell them how many interventions had which result"), required=False
    )


class FollowForm(forms.Form):
    """Which of the source's texts are taken over; none keeps all of one's own."""

    fields_taken = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, differing: Iterable[str]) -> None:
        super().__init__(data)
        self.fields["fields_taken"].choices = [(name, name) for name in differing]  # type: ignore[attr-defined]  # as declared
