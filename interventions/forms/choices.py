"""What the fields of a plan offer: indicators, people with what they answer for already, units, pupils with results."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import RoleAssignment, Unit
from colourmaps.cells import WORDS, Cell
from colourmaps.models import Indicator, IndicatorArea
from colourmaps.scales import format_value
from pupils.models import Pupil

from ..figures import by_name, cell_of_result
from ..standing import latest_results

CHOOSE = ("", gettext_lazy("Choose"))
Choices = list[tuple[str, Any]]


def choose_from(field: Any, choices: list, by_value: Mapping[str, Any]) -> None:
    """Fills a typed field; what is sent back is turned into the thing that was offered."""
    field.choices = choices
    field.coerce = by_value.__getitem__


def indicators_by_area(indicators: Iterable[Indicator]) -> Choices:
    areas = list(IndicatorArea)
    ordered = sorted(indicators, key=lambda indicator: areas.index(IndicatorArea(indicator.area)))
    groups = groupby(ordered, key=lambda indicator: IndicatorArea(indicator.area))
    return [
        (str(area.label).capitalize(), [(one.code, one.name) for one in members]) for area, members in groups
    ]


def people_choices(candidates: Iterable[RoleAssignment], load: Counter[int] | None = None) -> Choices:
    """By whom: with role and place; and with how many running interventions they answer for, where that is asked."""
    return [(held.user.key, _person_in_words(held, load)) for held in candidates]


def _person_in_words(held: RoleAssignment, load: Counter[int] | None) -> str:
    person = f"{held.user.name} ({held.get_role_display()}, {held.unit.name})"
    n_running = load[held.user_id] if load is not None else 0
    if not n_running:
        return person
    return ngettext(
        "%(person)s – answers for %(n)s running", "%(person)s – answers for %(n)s running", n_running
    ) % {
        "person": person,
        "n": n_running,
    }


def unit_choices(units: Iterable[Unit]) -> Choices:
    return [(unit.key, unit.name) for unit in units]


def pupil_choices(
    pupils: Sequence[tuple[Unit, Sequence[Pupil]]], indicator: Indicator | None, on: datetime.date
) -> Choices:
    """(key, name with the latest result on the indicator, if one is chosen) of each; by class if there are several."""
    everyone = [pupil.pk for _unit, members in pupils for pupil in members]
    results = latest_results(everyone, indicator, until=on)[1] if indicator else {}
    groups = [
        (unit.name, [(pupil.key, _pupil_in_words(pupil, indicator, results)) for pupil in by_name(members)])
        for unit, members in pupils
    ]
    return groups[0][1] if len(groups) == 1 else list(groups)


def chosen_first(choices: Choices, chosen: Collection[str]) -> Choices:
    """Those that are ticked come first, in each class: of a long list only the beginning is seen."""
    if choices and isinstance(choices[0][1], list):
        return [(name, chosen_first(members, chosen)) for name, members in choices]
    return sorted(choices, key=lambda choice: choice[0] not in chosen)


def _pupil_in_words(pupil: Pupil, indicator: Indicator | None, results: Mapping[int, Any]) -> str:
    if indicator is None:
        return pupil.shown_name
    cell: Cell = cell_of_result(results.get(pupil.pk))
    value = "" if cell.value is None else format_value(cell.value, indicator.scale)
    shown = {"name": pupil.shown_name, "state": cell.state.value, "word": WORDS[cell.state], "value": value}
    return render_to_string("interventions/pupil_choice.html", shown)


def nobody_in_words() -> str:
    return _("Nothing is measured here yet. When the coordinator has set it up, you can choose it here.")
