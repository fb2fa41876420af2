"""What is asked for when pupils get protected identity, persons are named for them, and a name is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import DayInput
from accounts.models import Unit, User

from .models import Enrolment, Protection

WHOLE_SCHOOL = "school"
KINDS = [(value, label) for value, label in Protection.choices if value]


REASON = _("Reason")


def reason_field(label: Any = REASON, longest: int = 200) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("Without names and numbers: the reason is kept, and others read it."),
    )


class ProtectForm(forms.Form):
    protection = forms.ChoiceField(label=_("Kind of protection"), choices=KINDS, widget=forms.RadioSelect)
    reason = reason_field(_("By what decision"))


class ReasonForm(forms.Form):
    reason = reason_field()


class NameForm(forms.Form):
    """For whom and for what somebody is named. pupil: the key of one, or WHOLE_SCHOOL."""

    person = forms.ChoiceField(label=_("Person"))
    pupil = forms.ChoiceField(label=_("For"))
    valid_from = forms.DateField(label=_("First day"), widget=DayInput)
    last_day = forms.DateField(label=_("Last day"), widget=DayInput)
    reason = reason_field()

    def __init__(
        self, data: Any = None, *, people: Sequence[User], pupils: Sequence[Enrolment], today: datetime.date
    ) -> None:
        until = today + datetime.timedelta(days=180)
        super().__init__(data, initial={"valid_from": today, "last_day": until})
        person: Any = self.fields["person"]
        person.choices = [(each.key, each.name) for each in people]
        of_pupils = [
            (each.pupil.key, f"{each.pupil.shown_name}, {each.school_class.name}") for each in pupils
        ]
        pupil: Any = self.fields["pupil"]
        pupil.choices = [*of_pupils, (WHOLE_SCHOOL, _("all protected pupils of the school"))]
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("last_day")
        if first and first < self.today:
            self.add_error("valid_from", _("Choose today or a later day."))
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return cleaned


class AskForm(forms.Form):
    """Why somebody needs to know who it is, and for how long."""

    reason = reason_field(_("What do you need the name for?"))
    minutes = forms.TypedChoiceField(label=_("Shown for"), coerce=int)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["minutes"]
        field.choices = [
            (n, ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n})
            for n in settings.IDENTITY_SHOWN_MINUTES
        ]


class EmergencyForm(forms.Form):
    """A class of the municipality, and if only one pupil is meant, what tells the pupil."""

    school_class = forms.ChoiceField(label=_("Class"))
    pupil = forms.CharField(
        label=_("Only one pupil"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Identity number, own id, or given name and family name as in the register."),
    )
    kind = forms.ChoiceField(label=_("What has happened"), widget=forms.RadioSelect)
    reason = reason_field(_("Why it cannot wait"), 300)
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int)

    def __init__(
        self, data: Any = None, *, classes: Sequence[tuple[Unit, str]], kinds: Any, most_hours: int
    ) -> None:
        super().__init__(data)
        of_class: Any = self.fields["school_class"]
        of_class.choices = [("", _("Choose")), *((each.key, words) for each, words in classes)]
        kind: Any = self.fields["kind"]
        kind.choices = kinds
        hours: Any = self.fields["hours"]
        hours.choices = [
            (n, ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}) for n in range(1, most_hours + 1)
        ]
