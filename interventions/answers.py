"""Which red cells have an answer: an intervention that is decided and has not ended, for the pupil or the whole class.

One that begins next week is an answer too, and one whose follow-up is late still is: it says who does what until when.
Reads only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from colourmaps.classification import Colour
from colourmaps.models import Indicator, MeasurementRound, Result
from pupils.models import Pupil

from .models import Intervention, InterventionPupil
from .queries import interventions_of
from .states import NOT_ENDED

# Of what has been tried and has ended, so many are enough to learn from.
ENDED_SHOWN = 3


class RedCell(NamedTuple):
    """Ids of a red result of a round."""

    class_id: int
    pupil_id: int
    indicator_id: int


class ClassAnswers(NamedTuple):
    """A class of a school: how many red cells, and how many of them without an answer, by indicator."""

    school_class: Unit
    n_red: int
    unanswered: Sequence[tuple[Indicator, int]]

    @property
    def n_unanswered(self) -> int:
        return sum(n for _indicator, n in self.unanswered)


def red_cells(class_ids: Collection[int], round_: MeasurementRound) -> list[RedCell]:
    """Those that are counted in the classes: measured in the round, in the class of the round's last day."""
    red = Result.objects.filter(round=round_, school_class__in=class_ids, colour=Colour.RED)
    return [RedCell(*ids) for ids in red.values_list("school_class_id", "pupil_id", "indicator_id")]


def without_answer(red: Iterable[RedCell]) -> list[RedCell]:
    """Those that no intervention covers."""
    red = list(red)
    named = InterventionPupil.objects.filter(pupil__in={cell.pupil_id for cell in red})
    by_pupil = set(
        named.filter(intervention__ended_on__isnull=True).values_list(
            "pupil_id", "intervention__indicator_id"
        )
    )
    whole = Intervention.objects.filter(NOT_ENDED, unit__in={cell.class_id for cell in red})
    whole = whole.exclude(pk__in=InterventionPupil.objects.values("intervention_id"))
    by_class = set(whole.values_list("unit_id", "indicator_id"))
    return [
        cell
        for cell in red
        if (cell.pupil_id, cell.indicator_id) not in by_pupil
        and (cell.class_id, cell.indicator_id) not in by_class
    ]


def answers_of_class(school_class: Unit, round_: MeasurementRound) -> dict[str, tuple[int, int]]:
    """By code of the indicator: (red cells without an answer, all red cells)."""
    red = red_cells([school_class.pk], round_)
    n_red = Counter(cell.indicator_id for cell in red)
    n_unanswered = Counter(cell.indicator_id for cell in without_answer(red))
    codes = dict(Indicator.objects.filter(pk__in=n_red).values_list("pk", "code"))
    return {codes[pk]: (n_unanswered[pk], n) for pk, n in n_red.items()}


def answers_below(unit: Unit, round_: MeasurementRound) -> list[ClassAnswers]:
    """Of each class below a unit, as the tree was when the round was counted; classes without red are left out."""
    on = unit.nearest_day(round_.counted_on)
    below = Unit.objects.filter(pk__in=subtree_ids([unit.pk], on), level=Level.SCHOOL_CLASS)
    classes = {each.pk: each for each in below}
    red = red_cells(classes.keys(), round_)
    n_red = Counter(cell.class_id for cell in red)
    unanswered = Counter((cell.class_id, cell.indicator_id) for cell in without_answer(red))
    indicators = list(Indicator.objects.filter(pk__in={indicator_id for _class, indicator_id in unanswered}))
    found = [
        ClassAnswers(
            classes[class_id],
            n,
            [
                (indicator, unanswered[class_id, indicator.pk])
                for indicator in indicators
                if unanswered[class_id, indicator.pk]
            ],
        )
        for class_id, n in n_red.items()
    ]
    return sorted(found, key=lambda each: _order(each.school_class))


def _order(unit: Unit) -> tuple[bool, int, str]:
    return unit.year_group is None, unit.year_group or 0, unit.name


def tried_on(
    pupil: Pupil, indicator: Indicator, sight: Sight
) -> tuple[list[Intervention], list[Intervention]]:
    """(what is being done, what has been tried and has ended) for a pupil on an indicator, as the reader may see it.

    The most urgent first, and the latest of what has ended.
    """
    about = list(interventions_of(pupil, sight).filter(indicator=indicator))
    running = [each for each in about if each.ended_on is None]
    return running, [each for each in about if each.ended_on is not None][:ENDED_SHOWN]
