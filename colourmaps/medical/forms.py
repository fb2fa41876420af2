"""What the medical part fills in, and what is asked for when something of a pupil is to be shared."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayInput
from colourmaps.filling_in.contents import content_of, text_of
from colourmaps.filling_in.merge import Content
from colourmaps.importing.messages import Message
from colourmaps.importing.values import Refused
from colourmaps.models import Indicator
from colourmaps.scales import Mark
from pupils.models import Enrolment, Pupil

from .grounds import Ground
from .models import MedicalResult, Purpose
from .queries import is_for
from .services import Entry

NOTHING = ("", "–")
LONGEST_NOTE = 300


class FillInForm(forms.Form):
    """A day, and a field for each pupil and indicator that is for the pupil's year group.

    known: what is in force on the day, by pupil and indicator. everything: a field for every year group, since a talk
    can be asked for in any. After `is_valid`, `entries` is what was filled in.
    """

    on = forms.DateField(label=gettext_lazy("Measured on"), widget=DayInput)

    def __init__(
        self,
        data: Any = None,
        *,
        enrolments: Sequence[Enrolment],
        indicators: Sequence[Indicator],
        known: dict[tuple[int, int], MedicalResult],
        on: datetime.date,
        everything: bool = False,
    ) -> None:
        super().__init__(data, initial={"on": on})
        self.everything = everything
        self.enrolments, self.known = enrolments, known
        self.indicators = [
            each for each in indicators if any(self._is_due(each, pupil) for pupil in enrolments)
        ]
        self.entries: list[Entry] = []
        for enrolment in enrolments:
            for indicator in self._due(enrolment):
                self.fields[name_of(enrolment.pupil, indicator)] = self._field(enrolment.pupil, indicator)

    def _due(self, enrolment: Enrolment) -> Iterator[Indicator]:
        yield from (each for each in self.indicators if self._is_due(each, enrolment))

    def _is_due(self, indicator: Indicator, enrolment: Enrolment) -> bool:
        return self.everything or is_for(indicator, enrolment.year_group)

    def _field(self, pupil: Pupil, indicator: Indicator) -> forms.Field:
        """A choice where the scale has few named steps, else a short text, as it is typed in on a map."""
        known = self.known.get((pupil.pk, indicator.pk))
        content = Content(known.value, Mark(known.mark)) if known else None
        said = text_of(content, indicator.scale)
        label = _("%(indicator)s of %(pupil)s") % {"indicator": indicator.name, "pupil": pupil.shown_name}
        if not indicator.scale.steps:
            widget = forms.TextInput(attrs={"class": "short", "autocomplete": "off", "aria-label": label})
            return forms.CharField(label=label, required=False, max_length=40, initial=said, widget=widget)
        words = [step.label for step in indicator.scale.steps]
        words += [said] if said and said not in words else []
        choices = [NOTHING, *((word, word) for word in words)]
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=choices,
            initial=said,
            widget=forms.Select(attrs={"aria-label": label}),
        )

    def rows(self) -> Iterator[tuple[Pupil, list[BoundField | None]]]:
        """Each pupil with a field per indicator; None where it is not for the pupil's year group."""
        for enrolment in self.enrolments:
            names = (name_of(enrolment.pupil, indicator) for indicator in self.indicators)
            yield enrolment.pupil, [self[name] if name in self.fields else None for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for enrolment in self.enrolments:
            for indicator in self._due(enrolment):
                name = name_of(enrolment.pupil, indicator)
                if name in cleaned:
                    self._read(enrolment.pupil, indicator, name, cleaned[name])
        return cleaned

    def _read(self, pupil: Pupil, indicator: Indicator, name: str, text: str) -> None:
        content = content_of(text, indicator.scale)
        if isinstance(content, Refused):
            self.add_error(name, Message(content.kind, value=text, parameters=content.parameters).text)
            return
        known = self.known.get((pupil.pk, indicator.pk))
        value, mark = (content.value, Mark(content.mark)) if content else (None, Mark.MEASURED)
        self.entries.append(Entry(pupil.pk, indicator, value, mark, known.note if known else ""))


def name_of(pupil: Pupil, indicator: Indicator) -> str:
    return f"v-{pupil.key}-{indicator.code}"


class NoteForm(forms.Form):
    """The note of one result."""

    result = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE)


class ShareForm(forms.Form):
    """What of a pupil, with whom, what for, on what ground and for how long.

    indicators: that the pupil has results of. receivers: (value, words). After `is_valid`, `codes` and `receiver`.
    """

    codes = forms.MultipleChoiceField(
        label=gettext_lazy("What is shared"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of each the latest result, without its note. No more than is needed."),
    )
    receiver = forms.ChoiceField(
        label=gettext_lazy("With whom"),
        help_text=gettext_lazy(
            "Those who see the pupil today. A role means whoever holds it when it is read."
        ),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("What for"), choices=Purpose, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("What it is needed for, in your own words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "The receiver reads it. Say nothing of the pupil's health here that is not shared."
        ),
    )
    ground = forms.ChoiceField(label=gettext_lazy("Legal ground"), widget=forms.RadioSelect)
    ground_said = forms.CharField(
        label=gettext_lazy("How the ground is met"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    valid_from = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput,
        help_text=gettext_lazy("It ends by itself after this day; a year at most."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        indicators: Sequence[Indicator],
        receivers: Sequence[tuple[str, str]],
        grounds: Sequence[Ground],
        today: datetime.date,
    ) -> None:
        super().__init__(data, initial={"valid_from": today})
        fields: Any = self.fields
        fields["codes"].choices = [(each.code, each.name) for each in indicators]
        fields["receiver"].choices = [("", _("choose")), *receivers]
        fields["ground"].choices = [(each.code, f"{each.words} ({each.law})") for each in grounds]
        asked = [f"{each.law}: {each.asks_for}" for each in grounds]
        fields["ground_said"].help_text = " ".join(asked)


class WithdrawForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why it is withdrawn"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
