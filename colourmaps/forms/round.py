"""The forms for a measurement round: its name and days, and what is due in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ..models import MeasurementRound
from ..services import RoundRefused, check_round


class DayInput(forms.DateInput):
    """The browser's own calendar; it sends and wants ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RoundForm(forms.Form):
    """A new round, or other words and days for one that is there."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, help_text=gettext_lazy("For example HT 2027.")
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=DayInput,
        help_text=gettext_lazy("Classes and pupils are counted as they are on this day."),
    )
    copy_from = forms.TypedChoiceField(
        label=gettext_lazy("What is due"), required=False, empty_value=None, coerce=str
    )

    def __init__(self, data: Any = None, *, round_: MeasurementRound | None = None) -> None:
        self.round = round_
        shown = (
            {field: getattr(round_, field) for field in ("name", "starts_on", "ends_on")} if round_ else {}
        )
        super().__init__(data, initial=shown)
        if round_ is not None:
            del self.fields["copy_from"]
            return
        rounds = {each.key: each for each in MeasurementRound.objects.order_by("-starts_on")}
        field: Any = self.fields["copy_from"]
        field.choices = [
            *((key, gettext_lazy("as in “%(round)s”") % {"round": each}) for key, each in rounds.items()),
            ("", gettext_lazy("nothing yet")),
        ]
        field.coerce = rounds.__getitem__

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_round(cleaned["name"], cleaned["starts_on"], cleaned["ends_on"], self.round)
            except RoundRefused as refusal:
                self.add_error(None, str(refusal))
        return cleaned


class DueForm(forms.Form):
    """What was ticked in the table: after `is_valid`, `ticked` holds (indicator id, year group)."""

    due = forms.TypedMultipleChoiceField(required=False)

    def __init__(self, data: Any = None, *, boxes: dict[str, tuple[int, int]]) -> None:
        """boxes: what the table offers, by the value of the box."""
        super().__init__(data)
        field: Any = self.fields["due"]
        field.choices = [(value, value) for value in boxes]
        field.coerce = boxes.__getitem__

    @property
    def ticked(self) -> set[tuple[int, int]]:
        return set(self.cleaned_data["due"])
