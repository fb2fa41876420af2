"""What the class's page of medical pupil health shows: heads, rows and counts, drawn as on the school's maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.access import Sight
from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import Permission
from colourmaps.cells import WORDS, State
from colourmaps.drawing import draw_counts
from colourmaps.limits import limits_in_words
from colourmaps.models import Indicator
from colourmaps.queries import limits_of_class
from pupils.models import Enrolment

from .models import MedicalResult
from .queries import is_for, latest_of
from .readings import Reading, draw_cell, readings_of

COUNTED = (State.RED, State.YELLOW, State.GREEN)


@dataclass(frozen=True)
class Row:
    name: str
    url: str
    cells: Sequence[SafeString]


def classes_by_school(sight: Sight) -> list[tuple[Unit, list[Unit]]]:
    """The schools at or above whose units the person keeps medical results, with their classes of today."""
    own = sight.visible_units(Permission.SEE_MEDICAL, sight.today)
    placements = UnitPlacement.objects.on(sight.today).filter(
        unit__in=own, unit__level=Level.SCHOOL_CLASS, parent__level=Level.SCHOOL
    )
    schools: dict[Unit, list[Unit]] = {}
    for placement in placements.select_related("unit", "parent").order_by(
        "parent__name", "unit__year_group", "unit__name"
    ):
        if placement.unit.is_in_force(sight.today):
            schools.setdefault(placement.parent, []).append(placement.unit)
    return list(schools.items())


def class_context(
    enrolments: Sequence[Enrolment], indicators: Sequence[Indicator], results: Collection[MedicalResult]
) -> dict[str, Any]:
    """results: the latest day first. Only indicators that are for some pupil of the class, or have a result."""
    latest = {
        (each.result.pupil_id, each.result.indicator_id): each
        for each in readings_of(list(latest_of(results).values()))
    }
    measured = {indicator_id for _pupil_id, indicator_id in latest}
    shown = [
        indicator
        for indicator in indicators
        if indicator.pk in measured or any(is_for(indicator, each.year_group) for each in enrolments)
    ]
    return {
        "indicators": shown,
        "rows": [_row(enrolment, shown, latest) for enrolment in enrolments] if shown else [],
        "counts": _counts(shown, list(latest.values())),
        "limits": _limits(shown, enrolments),
        "signs": [(state.value, WORDS[state]) for state in (*COUNTED[::-1], State.MISSING, State.NOT_DUE)],
    }


def _row(
    enrolment: Enrolment, indicators: Sequence[Indicator], latest: dict[tuple[int, int], Reading]
) -> Row:
    pupil = enrolment.pupil
    return Row(
        pupil.shown_name,
        reverse("medical:pupil", args=[pupil.key]),
        [
            draw_cell(each, latest.get((pupil.pk, each.pk)), is_due=is_for(each, enrolment.year_group))
            for each in indicators
        ],
    )


def _counts(
    indicators: Sequence[Indicator], readings: Collection[Reading]
) -> list[tuple[str, Any, SafeString]]:
    """(class of the sign, word, cells) for each colour: how many of those who have a colour."""
    n = Counter((each.result.indicator_id, each.state) for each in readings)
    coloured = {each.pk: sum(n[each.pk, state] for state in COUNTED) for each in indicators}
    return [
        (
            state.value,
            WORDS[state],
            draw_counts((str(n[each.pk, state]), str(coloured[each.pk])) for each in indicators),
        )
        for state in COUNTED
    ]


def _limits(indicators: Sequence[Indicator], enrolments: Sequence[Enrolment]) -> list[tuple[str, str]]:
    """(name, limits in words) of today, for the year groups of the class."""
    if not enrolments:
        return []
    groups = sorted({each.year_group for each in enrolments})
    on = max(each.valid_from for each in enrolments)
    found = limits_of_class([each.pk for each in indicators], groups, on)
    said = []
    for indicator in indicators:
        words = dict.fromkeys(limits_in_words(indicator, found[indicator.pk].get(group)) for group in groups)
        said.append((indicator.name, "; ".join(words)))
    return said
