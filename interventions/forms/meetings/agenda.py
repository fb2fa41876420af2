from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from colourmaps.models import Indicator
from pupils.models import Pupil

from ..choices import indicators_by_area

NONE = ("", _("None"))


class DropForm(forms.Form):
    """Why a case is not taken up."""

    why = forms.CharField(label=_("Why is it dropped?"), max_length=300)


class AddCaseForm(forms.Form):
    """A case that somebody puts on the agenda; one of the fields is enough.

    pupils: by key of the class, its pupils; none where no pupil may be named.
    """

    title = forms.CharField(label=_("What it is about, in a few words"), required=False, max_length=200)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    pupil = forms.ChoiceField(label=_("Pupil"), required=False)
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        units: Sequence[Unit],
        pupils: Mapping[Unit, Sequence[Pupil]],
        indicators: Sequence[Indicator],
    ) -> None:
        super().__init__(data)
        self.units = {unit.key: unit for unit in units}
        self.pupils = {pupil.key: (pupil, unit) for unit, members in pupils.items() for pupil in members}
        self.indicators = {one.code: one for one in indicators}
        self._offer("unit", [(key, unit.name) for key, unit in self.units.items()])
        self._offer("indicator", indicators_by_area(indicators))
        groups = [
            (unit.name, [(pupil.key, pupil.shown_name) for pupil in members])
            for unit, members in pupils.items()
        ]
        if groups:
            self._offer("pupil", groups)
        else:
            del self.fields["pupil"]

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        self.fields[name].choices = [NONE, *choices]  # type: ignore[attr-defined]  # of a choice

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(name) for name in ("title", "pupil", "indicator")):
            self.add_error("title", _("Write what it is about, or choose a pupil or an indicator."))
        return cleaned

    @property
    def case(self) -> dict[str, Any]:
        """As services.meetings.add_case takes it: a pupil's class goes with the pupil."""
        cleaned = self.cleaned_data
        pupil, unit = self.pupils.get(cleaned.get("pupil", ""), (None, None))
        indicator = self.indicators.get(cleaned["indicator"])
        return {
            "title": cleaned["title"],
            "unit": unit or self.units.get(cleaned["unit"]),
            "pupil": pupil,
            "indicators": [indicator] if indicator else [],
        }
