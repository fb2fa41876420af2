"""Sums follow the units that move: in the rounds that are counted on the day of the move or later, and in no others."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from accounts.models import Level, Unit, UnitPlacement
from accounts.queries import subtree_ids
from accounts.reorganisation import Effect, FormerPlace, Plan, effect_of
from accounts.statements import hold_lock, work_asked_last
from colourmaps.models import MeasurementRound
from pupils.queries import home_enrolments

from .leavers import heirs
from .models import UnitSum
from .release_requests import ask_for_releases
from .rollup import LOCK, sum_up_again
from .work import ask_for_recount


def move_sums(former_places: Collection[FormerPlace]) -> None:
    """Former parents lose and new ones gain at once, with all above them: no page shows pupils at both, or at neither.

    former_places: of all that stands elsewhere, or nowhere, now. Its classes are asked for besides, so that all that
    follows a recount follows this one too.
    """
    # Before anything is looked at: a roll-up that is just writing the first sums of a round would be missed.
    hold_lock(LOCK)
    with work_asked_last():
        for round_, places in counted_by(former_places):
            _move_sums_of_round(round_, places)
            # Also where no sum is another: what stands under whom is shown, too.
            ask_for_releases([round_.pk])


def _move_sums_of_round(round_: MeasurementRound, places: Collection[FormerPlace]) -> None:
    unit_ids = {place.unit_id for place in places}
    parents = UnitPlacement.objects.on(round_.counted_on).filter(unit__in=unit_ids)
    now = parents.values_list("parent_id", flat=True)
    sum_up_again(round_, {place.parent_id for place in places}.union(now))
    classes = _classes_below(unit_ids, round_.counted_on)
    missed_at = heirs(classes, round_.counted_on).values()
    ask_for_recount({(class_id, round_.pk) for class_id in {*classes, *missed_at}})


def counted_by(
    former_places: Collection[FormerPlace],
) -> Iterator[tuple[MeasurementRound, list[FormerPlace]]]:
    """The rounds whose tree has, or had, one of the places, each with those of units that have sums in it."""
    for round_ in MeasurementRound.objects.filter(
        ends_on__gte=min(place.valid_from for place in former_places)
    ):
        places = [place for place in former_places if place.held(round_.counted_on)]
        sums = UnitSum.objects.filter(round=round_, unit_id__in={place.unit_id for place in places})
        with_sums = set(sums.values_list("unit_id", flat=True))
        if with_sums:
            yield round_, [place for place in places if place.unit_id in with_sums]


def _classes_below(unit_ids: Collection[int], on: datetime.date) -> list[int]:
    classes = Unit.objects.filter(pk__in=subtree_ids(unit_ids, on), level=Level.SCHOOL_CLASS)
    return list(classes.values_list("pk", flat=True))


@dataclass(frozen=True)
class Foreseen:
    """What a reorganisation would come to, before it is done.

    in_tree: units, classes and roles. n_pupils: whose home class it is on the day that stands elsewhere from then on.
    rounds: whose sums move with it, because they are counted on the day or later; all others stay as they are.
    """

    in_tree: Effect
    n_pupils: int
    rounds: list[MeasurementRound]


def foreseen(plan: Plan) -> Foreseen:
    """Reads only."""
    effect = effect_of(plan)
    pupils = home_enrolments(plan.on).filter(school_class__in=effect.class_ids)
    return Foreseen(
        effect,
        n_pupils=pupils.values("pupil").distinct().count(),
        rounds=[round_ for round_, _places in counted_by(plan.former_places())],
    )
