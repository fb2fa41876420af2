"""The two forms: a new intervention, and its end. They validate; the services save."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Sight
from accounts.fields import DayInput
from accounts.models import RoleAssignment, Unit
from colourmaps.cells import WORDS, Cell
from colourmaps.models import Indicator, IndicatorArea
from colourmaps.scales import format_value
from pupils.models import Pupil

from .figures import by_name, cell_of_result
from .models import Intervention
from .queries import applicable_indicators, possible_responsibles, year_groups_at
from .rules import Plan, check_end, check_plan
from .standing import latest_results

USUAL_LENGTH = datetime.timedelta(weeks=8)
CHOOSE = ("", _("Choose"))


class InterventionForm(forms.Form):
    """A new intervention at a unit. Without pupils it is for the whole unit; only a class's can name pupils.

    pupils: those who can be named, asked for by the caller at the door.
    After `is_valid`, `plan` is what was asked for and fulfils all rules.
    """

    indicator = forms.TypedChoiceField(label=_("Indicator"))
    pupil = forms.TypedMultipleChoiceField(
        label=_("For whom"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none if it is for the whole class."),
    )
    title = forms.CharField(
        label=_("What we do"), max_length=150, help_text=_("What the adults do differently from now on.")
    )
    aim = forms.CharField(
        label=_("What we want to reach"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    responsible = forms.TypedChoiceField(label=_("Responsible"))
    starts_on = forms.DateField(label=_("Start"), widget=DayInput)
    follow_up_on = forms.DateField(label=_("Follow-up"), widget=DayInput)

    def __init__(
        self, data: Any = None, *, unit: Unit, pupils: Iterable[Pupil], sight: Sight, asked: dict[str, Any]
    ) -> None:
        """asked: what the address prefills, `indicator` a code and `pupil` a list of keys."""
        self.unit, self.sight = unit, sight
        indicators = list(applicable_indicators(year_groups_at(unit, unit.nearest_day(sight.today))))
        candidates = possible_responsibles(unit, sight.today)
        self.pupils = by_name(pupils)
        super().__init__(data, initial=asked | self._usual(candidates))
        self._offer(indicators, candidates)

    def _usual(self, candidates: list[RoleAssignment]) -> dict[str, Any]:
        is_candidate = self.sight.user.pk in {candidate.user_id for candidate in candidates}
        return {
            "responsible": self.sight.user.key if is_candidate else "",
            "starts_on": self.sight.today,
            "follow_up_on": self.sight.today + USUAL_LENGTH,
        }

    def _offer(self, indicators: list[Indicator], candidates: list[RoleAssignment]) -> None:
        """Fills the choices; what is sent back is turned into the thing that was offered."""
        by_code = {indicator.code: indicator for indicator in indicators}
        _choose_from(self.fields["indicator"], [CHOOSE, *_by_area(indicators)], by_code)
        if not indicators:
            self.fields["indicator"].help_text = _(
                "Nothing is measured here yet. When the coordinator has set it up, you can choose it here."
            )
        people = [(held.user.key, _person_in_words(held)) for held in candidates]
        _choose_from(
            self.fields["responsible"], [CHOOSE, *people], {held.user.key: held.user for held in candidates}
        )
        if not self.unit.is_school_class:
            del self.fields["pupil"]
            return
        # Another indicator fetches the pupils again, with their results on it. No free text in the address.
        self.fields["indicator"].widget.attrs |= {
            "hx-get": reverse("interventions:intervention-new", args=[self.unit.key]),
            "hx-include": "[name='pupil']",
            "hx-target": "#for-whom",
            "hx-select": "#for-whom",
            "hx-swap": "outerHTML",
        }
        shown = by_code.get(str(self["indicator"].value()))
        choices = pupil_choices(self.pupils, shown, self.sight.today)
        _choose_from(self.fields["pupil"], choices, {pupil.key: pupil for pupil in self.pupils})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.plan = Plan(
                unit=self.unit,
                pupils=cleaned.get("pupil", []),
                indicator=cleaned["indicator"],
                title=cleaned["title"],
                aim=cleaned["aim"],
                responsible=cleaned["responsible"],
                starts_on=cleaned["starts_on"],
                follow_up_on=cleaned["follow_up_on"],
            )
            try:
                check_plan(self.plan)
            except forms.ValidationError as problems:
                self.add_error(None, problems)
        return cleaned


class EndForm(forms.Form):
    """The day an intervention ends."""

    on = forms.DateField(label=_("Last day"), widget=DayInput)

    def __init__(self, data: Any = None, *, intervention: Intervention, today: datetime.date) -> None:
        self.intervention = intervention
        super().__init__(data, initial={"on": max(today, intervention.starts_on)})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_end(self.intervention, cleaned["on"])
            except forms.ValidationError as problems:
                self.add_error(None, problems)
        return cleaned


def _choose_from(field: Any, choices: list, by_value: Mapping[str, Any]) -> None:
    field.choices = choices
    field.coerce = by_value.__getitem__


def _by_area(indicators: list[Indicator]) -> list[tuple[str, list[tuple[str, str]]]]:
    ordered = sorted(
        indicators, key=lambda indicator: list(IndicatorArea).index(IndicatorArea(indicator.area))
    )
    groups = groupby(ordered, key=lambda indicator: IndicatorArea(indicator.area))
    return [
        (str(area.label).capitalize(), [(one.code, one.name) for one in members]) for area, members in groups
    ]


def _person_in_words(held: RoleAssignment) -> str:
    return f"{held.user.name} ({held.get_role_display()}, {held.unit.name})"


def pupil_choices(
    pupils: list[Pupil], indicator: Indicator | None, on: datetime.date
) -> list[tuple[str, str]]:
    """(key, name with the latest result on the indicator, if one is chosen) of each pupil."""
    if indicator is None:
        return [(pupil.key, pupil.shown_name) for pupil in pupils]
    _round, results = latest_results([pupil.pk for pupil in pupils], indicator, until=on)
    return [
        (pupil.key, _choice_in_words(pupil, indicator, cell_of_result(results.get(pupil.pk))))
        for pupil in pupils
    ]


def _choice_in_words(pupil: Pupil, indicator: Indicator, cell: Cell) -> str:
    value = "" if cell.value is None else format_value(cell.value, indicator.scale)
    shown = {"name": pupil.shown_name, "state": cell.state.value, "word": WORDS[cell.state], "value": value}
    return render_to_string("interventions/pupil_choice.html", shown)
