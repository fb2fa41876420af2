"""The figures of an intervention: how its pupils stood at the start and how they stand now. No verdict.

The start is the frozen baseline; now is the frozen follow-up or, before there is one, the latest round. The same pupils
both times. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from accounts.access import Sight
from accounts.roles import Permission
from colourmaps.breaks_in_words import series_break_in_words
from colourmaps.cells import (
    MOVEMENT_CLASSES,
    MOVEMENT_WORDS,
    STATE_OF_COLOUR,
    STATE_OF_MARK,
    WORDS,
    Cell,
    State,
)
from colourmaps.classification import COMPARED, Colour, Movement, move
from colourmaps.drawing import sort_key
from colourmaps.limits import Limits, limits_in_words
from colourmaps.models import Indicator, MeasurementRound, Result, SeriesBreak
from colourmaps.queries import latest_breaks
from colourmaps.scales import Mark, format_value
from pupils.models import Pupil
from pupils.queries import home_enrolments

from .models import Baseline, FollowUp, Intervention
from .standing import latest_results

COUNTED_STATES = (State.RED, State.YELLOW, State.GREEN)


@dataclass(frozen=True)
class PupilFigures:
    """One pupil at the start and now; now is None where the reader no longer has the pupil."""

    pupil: Pupil
    start: Cell
    now: Cell | None
    movement: Movement


@dataclass(frozen=True)
class Figures:
    """The pupils of the baseline at the start and now.

    movements: counts among those measured both times. pupils: one by one, where the intervention names them.
    limits: by which the start was judged, in words. series_break: why start and now cannot be compared, or empty.
    """

    indicator: Indicator
    start_round: MeasurementRound | None
    latest_round: MeasurementRound | None
    start: Sequence[Cell]
    now: Sequence[Cell]
    movements: dict[Movement, int]
    pupils: Sequence[PupilFigures]
    limits: str
    series_break: str = ""

    @property
    def n_pupils(self) -> int:
        return len(self.start)

    @property
    def n_both(self) -> int:
        return sum(self.movements.values())

    @property
    def has_limits(self) -> bool:
        return any(cell.colour for cell in [*self.start, *self.now])

    @property
    def counts(self) -> list[dict[str, Any]]:
        """A row per colour: class, word, how many at the start and now."""
        return [
            {
                "state": state.value,
                "word": WORDS[state],
                "start": sum(cell.state is state for cell in self.start),
                "now": sum(cell.state is state for cell in self.now),
            }
            for state in COUNTED_STATES
        ]

    @property
    def n_measured(self) -> dict[str, int]:
        return {
            "start": sum(cell.is_measured for cell in self.start),
            "now": sum(cell.is_measured for cell in self.now),
        }

    @property
    def moves(self) -> list[tuple[str, Any, int]]:
        """(class, word, count) of each movement since the start."""
        return [(MOVEMENT_CLASSES[way], MOVEMENT_WORDS[way], self.movements[way]) for way in COMPARED]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The pupils as the page shows them."""
        return [
            {
                "pupil": figures.pupil,
                "start": self._shown(figures.start),
                "now": self._shown(figures.now) if figures.now else None,
                "movement": (MOVEMENT_CLASSES[figures.movement], MOVEMENT_WORDS[figures.movement]),
            }
            for figures in self.pupils
        ]

    def _shown(self, cell: Cell) -> dict[str, Any]:
        value = "" if cell.value is None else format_value(cell.value, self.indicator.scale, with_unit=True)
        return {"state": cell.state.value, "word": WORDS[cell.state], "value": value}


def figures_of(
    intervention: Intervention, baseline: Baseline, sight: Sight, follow_up: FollowUp | None = None
) -> Figures:
    """The figures for one reader: of pupils who had left the reader's units only the start is shown."""
    start = {entry["pupil"]: cell_of_entry(entry) for entry in baseline.values}
    pupils = {pupil.pk: pupil for pupil in by_name(intervention.pupils.all())}
    if follow_up is None:
        latest_round, now = _live(intervention, baseline, sight, start.keys())
    else:
        latest_round, now = follow_up.round, _frozen(follow_up, sight)
    series_break = break_between(baseline.round, latest_round, intervention.indicator)
    movements = {} if series_break else movements_between(start, now, intervention.indicator)
    return Figures(
        indicator=intervention.indicator,
        start_round=baseline.round,
        latest_round=latest_round,
        start=list(start.values()),
        now=list(now.values()),
        movements={way: list(movements.values()).count(way) for way in COMPARED},
        series_break=series_break_in_words(series_break) if series_break else "",
        pupils=[
            PupilFigures(pupil, start[pupil_id], now.get(pupil_id), movements.get(pupil_id, Movement.NONE))
            for pupil_id, pupil in pupils.items()
        ],
        limits=frozen_limits_in_words(baseline, intervention.indicator),
    )


def _live(
    intervention: Intervention, baseline: Baseline, sight: Sight, pupils: Collection[int]
) -> tuple[MeasurementRound | None, dict[int, Cell]]:
    followed = set(pupils) - pupils_out_of_sight(pupils, sight)
    round_, results = latest_results(
        followed,
        intervention.indicator,
        until=sight.today,
        after=baseline.round,
        since=intervention.starts_on,
    )
    return round_, {pupil: cell_of_result(results.get(pupil)) for pupil in followed} if round_ else {}


def _frozen(follow_up: FollowUp, sight: Sight) -> dict[int, Cell]:
    """Of those whose class in the round was one of the reader's, and of those who were not measured in it."""
    visible = sight.visible_units(Permission.SEE_PUPILS, follow_up.round.counted_on)
    return {
        entry["pupil"]: cell_of_entry(entry)
        for entry in follow_up.values
        if not entry["has_moved"] and (entry["class"] is None or entry["class"] in visible)
    }


def break_between(
    start: MeasurementRound | None, latest: MeasurementRound | None, indicator: Indicator
) -> SeriesBreak | None:
    """The break of the series after the start, which forbids to compare; none if there is none."""
    if start is None or latest is None:
        return None
    found = latest_breaks(latest).get(indicator.pk)
    return found if found is not None and found.round.starts_on > start.starts_on else None


def frozen_limits_in_words(baseline: Baseline, indicator: Indicator) -> str:
    """The limits by which the start was judged; empty where there were none, or several."""
    different = {tuple(limits) for limits in baseline.limits.values()}
    return limits_in_words(indicator, Limits(*different.pop())) if len(different) == 1 else ""


def pupils_out_of_sight(pupil_ids: Collection[int], sight: Sight) -> set[int]:
    """Those of the pupils whose class today is not the reader's, and so neither are their results."""
    if not pupil_ids:
        return set()
    units = sight.visible_units(Permission.SEE_PUPILS, sight.today)
    elsewhere = (
        home_enrolments(sight.today).filter(pupil_id__in=list(pupil_ids)).exclude(school_class_id__in=units)
    )
    return set(elsewhere.values_list("pupil_id", flat=True))


def by_name(pupils: Iterable[Pupil]) -> list[Pupil]:
    """The pupils in the order in which the reader's language puts names."""
    return sorted(pupils, key=lambda pupil: sort_key(pupil, get_language() or "sv"))


def cell_of_entry(entry: dict[str, Any]) -> Cell:
    """A pupil's frozen value."""
    if entry["mark"] is None:
        return Cell(State.MISSING)
    if entry["mark"] != Mark.MEASURED:
        return Cell(STATE_OF_MARK[Mark(entry["mark"])])
    colour = Colour(entry["colour"])
    return Cell(STATE_OF_COLOUR[colour], entry["value"], colour)


def cell_of_result(result: Result | None) -> Cell:
    if result is None:
        return Cell(State.MISSING)
    return cell_of_entry({"value": result.value, "mark": result.mark, "colour": result.colour})


def movements_between(
    start: dict[int, Cell], now: dict[int, Cell], indicator: Indicator
) -> dict[int, Movement]:
    """Movement since the start of each pupil with a value both times."""
    both = [key for key in now if start[key].value is not None and now[key].value is not None]
    moved = move(
        [float(now[key].value or 0) for key in both],
        [float(start[key].value or 0) for key in both],
        float(indicator.measurement_error),
        indicator.is_high_good,
    )
    return {key: Movement(int(code)) for key, code in zip(both, moved, strict=True)}
