"""Medical results as they are shown: the value in words and its colour by the limits of the day it was measured."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from colourmaps.cells import STATE_OF_COLOUR, STATE_OF_MARK, Cell, State
from colourmaps.classification import Colour, classify
from colourmaps.drawing import ColumnPen
from colourmaps.limits import Limits, limits_in_words
from colourmaps.models import Indicator
from colourmaps.queries import limits_of_class
from colourmaps.scales import MARK_LABELS, Mark, format_value
from pupils.models import Enrolment

from .models import MedicalResult


@dataclass(frozen=True)
class Reading:
    """A result with its limits; None where none were in force."""

    result: MedicalResult
    limits: Limits | None

    @property
    def colour(self) -> Colour:
        if self.limits is None or self.result.value is None:
            return Colour.NONE
        is_high_good = self.result.indicator.is_high_good
        return Colour(int(classify(self.result.value, *self.limits, is_high_good)))

    @property
    def state(self) -> State:
        if self.result.value is None:
            return STATE_OF_MARK[Mark(self.result.mark)]
        return STATE_OF_COLOUR[self.colour]

    @property
    def text(self) -> str:
        """The value with its unit, or why there is none."""
        if self.result.value is None:
            return str(MARK_LABELS[Mark(self.result.mark)])
        return format_value(self.result.value, self.result.indicator.scale, with_unit=True)

    @property
    def key(self) -> str:
        """The class of the sign beside the value (static/css/components/legend.css)."""
        return self.state.value

    @property
    def limits_said(self) -> str:
        return limits_in_words(self.result.indicator, self.limits)

    @property
    def cell(self) -> Cell:
        return Cell(self.state, self.result.value, self.colour, measured_on=self.result.measured_on)


def readings_of(results: Collection[MedicalResult]) -> list[Reading]:
    """In the order of the results. A year group is that of the pupil's home class on the day."""
    homes: dict[int, list[Enrolment]] = {}
    enrolled = Enrolment.objects.filter(is_home=True, pupil__in={result.pupil_id for result in results})
    for enrolment in enrolled:
        homes.setdefault(enrolment.pupil_id, []).append(enrolment)
    limits: dict[Any, dict[int, dict[int, Limits]]] = {}
    readings = []
    for result in results:
        day = result.measured_on
        if day not in limits:
            of_day = {each.indicator_id for each in results if each.measured_on == day}
            limits[day] = limits_of_class(of_day, range(14), day)
        group = next(
            (each.year_group for each in homes.get(result.pupil_id, ()) if each.is_in_force(day)), None
        )
        found = limits[day][result.indicator_id].get(group) if group is not None else None
        readings.append(Reading(result, found))
    return readings


def draw_cell(indicator: Indicator, reading: Reading | None, *, is_due: bool) -> SafeString:
    """A <td> of the map, as maps of the school draw it."""
    cell = reading.cell if reading else Cell(State.MISSING if is_due else State.NOT_DUE)
    drawn = ColumnPen(indicator.scale, get_language() or "sv", {}).draw(cell)
    return mark_safe(drawn)  # noqa: S308 – the pen escapes the value
