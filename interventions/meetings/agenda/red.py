"""Red without an answer in the classes of a meeting: cases of single pupils, and of indicators where many are red."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from accounts.models import Unit
from colourmaps.models import MeasurementRound
from pupils.models import Pupil

from ...answers import RedCell, classes_below, red_cells, without_answer
from ...models import Source
from .present import Present
from .proposed import Proposed
from .scope import Scope

# From so many in a class, and so large a part of its red on the indicator, they are a matter of the teaching.
MANY, PART = 5, 3


def red_cases(scope: Scope, present: Present) -> list[Proposed]:
    """Indicators of whole classes first, then the pupils, each time those with most red first.

    What is near a limit is left out, and what the agenda has already; and who has left the classes since the round.
    Where families take part, a pupil's case is put on the agenda by hand: none of them reads who else is red.
    """
    round_ = scope.round
    if round_ is None:
        return []
    red = [cell for cell in red_cells(_class_ids(scope, round_), round_) if not cell.is_near]
    here = scope.classes_of({cell.pupil_id for cell in red})
    red = [cell for cell in red if cell.pupil_id in here]
    asked = [cell for cell in without_answer(red, round_) if not present.has(cell)]
    columns = _columns_with_many(asked, red)
    of_columns = [
        Proposed(Source.RED, unit_id=class_id, indicator_ids=(indicator_id,))
        for class_id, indicator_id in columns
    ]
    if not scope.names_pupils or scope.meeting.kind.asks_family:
        return of_columns
    rest = [cell for cell in asked if (cell.class_id, cell.indicator_id) not in set(columns)]
    return [*of_columns, *_of_pupils(rest, here)]


def _class_ids(scope: Scope, round_: MeasurementRound) -> list[int]:
    """Of the classes it is about, and of those below its unit."""
    classes = [unit for unit in scope.units if unit.is_school_class]
    for unit in scope.units:
        if not unit.is_school_class:
            classes += classes_below(unit, round_)
    return [unit.pk for unit in classes]


def _columns_with_many(asked: Iterable[RedCell], red: Iterable[RedCell]) -> list[tuple[int, int]]:
    """(class, indicator) of those where at least five, and a third of the red ones, have no answer."""
    n_red = Counter((cell.class_id, cell.indicator_id) for cell in red)
    n_asked = Counter((cell.class_id, cell.indicator_id) for cell in asked)
    many = [column for column, n in n_asked.items() if n >= MANY and PART * n >= n_red[column]]
    return sorted(many, key=lambda column: (-n_asked[column], column))


def _of_pupils(cells: Collection[RedCell], classes: dict[int, int]) -> list[Proposed]:
    """One case per pupil with all the indicators; of equally many by class and name. classes: where each is now."""
    indicators: defaultdict[int, list[int]] = defaultdict(list)
    for cell in cells:
        indicators[cell.pupil_id].append(cell.indicator_id)
    pupils = Pupil.objects.in_bulk(indicators.keys())
    names = dict(Unit.objects.filter(pk__in=set(classes.values())).values_list("pk", "name"))

    def order(pupil_id: int) -> tuple[int, str, str, int]:
        return -len(indicators[pupil_id]), names[classes[pupil_id]], pupils[pupil_id].shown_name, pupil_id

    return [
        Proposed(
            Source.RED,
            unit_id=classes[pupil_id],
            pupil_id=pupil_id,
            indicator_ids=tuple(sorted(set(indicators[pupil_id]))),
        )
        for pupil_id in sorted(indicators, key=order)
    ]
