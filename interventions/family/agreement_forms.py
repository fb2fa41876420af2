"""Agreements of a talk, as many lines as there are and a few empty ones."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayInput

from ..models import Talk
from ..services.family import Clash, Line
from .seen import seen

LONGEST_WORDS, LONGEST_NAME = 300, 100
EMPTY_LINES, MOST_LINES = 2, 30
# A day farther off is a slip of the pen.
FARTHEST = datetime.timedelta(days=5 * 366)


def check_year(day: datetime.date) -> None:
    """Raises ValidationError for a day that is years away."""
    if abs(day - timezone.localdate()) > FARTHEST:
        raise forms.ValidationError(_("That is more than five years away. Is the year right?"))


class AgreementForm(forms.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    was = forms.CharField(required=False, widget=forms.HiddenInput)
    what = forms.CharField(
        label=_("What do we do?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    who = forms.CharField(label=_("Who does it?"), max_length=LONGEST_NAME, required=False)
    due_on = forms.DateField(label=_("By when?"), widget=DayInput, required=False, validators=[check_year])

    def clean_what(self) -> str:
        """One line, however it was typed."""
        return " ".join(self.cleaned_data["what"].split())

    @property
    def note(self) -> str | None:
        """What somebody else has written here meanwhile."""
        return self.initial.get("note")


AgreementLines = forms.formset_factory(
    AgreementForm, extra=EMPTY_LINES, max_num=MOST_LINES, validate_max=True
)


def lines_of(talk: Talk, data: Any = None, clashes: list[Clash] | None = None) -> Any:
    """The agreements of a talk and a few empty lines; in the place of what clashed, what the person had typed."""
    mine = {clash.mine.id: (clash.mine, clash.now) for clash in clashes or [] if isinstance(clash.mine, Line)}
    initial = []
    for row in talk.agreements.all():
        line = {"id": row.pk, "what": row.what, "who": row.who, "due_on": row.due_on}
        line["was"] = seen(row.what, row.who, row.due_on)
        if row.pk in mine:
            typed, now = mine[row.pk]
            line |= {"what": typed.what, "who": typed.who, "due_on": typed.due_on, "note": now}
        initial.append(line)
    return AgreementLines(data, initial=initial, prefix="agree")


def lines_in(lines: Any) -> list[Line]:
    return [
        Line(
            line.get("id"),
            line.get("what", ""),
            line.get("who", ""),
            line.get("due_on"),
            line.get("was", ""),
        )
        for line in (form.cleaned_data for form in lines.forms)
    ]
