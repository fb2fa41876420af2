"""Which red cells have an answer: an intervention that is decided and has not ended, for the pupil or the whole class;
or what a meeting that looked at the same round has decided about them.

One that begins next week is an answer too, and one whose follow-up is late still is: it says who does what until when.
The classes of a team are answered for by what the team does in them. What is done for a whole school, an area or all is
no answer to a single red cell: nobody has looked at this pupil.

What a meeting decides about a case counts whatever its outcome: a measure without an intervention of its own, what is
handled otherwise, or none for a reason. Else a school would make up interventions to get its count down (MISSION C05).
It counts for the round that the meeting looked at, and for no other: what is red in the next one is asked again.
Reads only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.queries import schools_of, subtree_ids
from colourmaps.classification import Colour
from colourmaps.grid import KeptResult, decisions_on, is_near_its_limits, of_school
from colourmaps.models import Indicator, MeasurementRound, Result
from pupils.models import Pupil

from .models import CaseIndicator, Intervention, InterventionPupil, InterventionUnit
from .queries import interventions_of
from .states import NOT_ENDED

# Of what has been tried and has ended, so many are enough to learn from.
ENDED_SHOWN = 3


class RedCell(NamedTuple):
    """Ids of a red result of a round. is_near: within the measurement error of the limit, so it might be yellow."""

    class_id: int
    pupil_id: int
    indicator_id: int
    is_near: bool = False


class Count(NamedTuple):
    """Red cells: all of them, those without an answer, and how many of these are near the limit."""

    n_red: int = 0
    n_unanswered: int = 0
    n_near: int = 0


class ClassAnswers(NamedTuple):
    """A class of a school, counted; and by indicator how many have no answer."""

    school_class: Unit
    counted: Count
    unanswered: Sequence[tuple[Indicator, int]]


def red_cells(
    class_ids: Collection[int], round_: MeasurementRound, year_group: int | None = None
) -> list[RedCell]:
    """Those that are counted in the classes: measured in the round, in the class of the round's last day.

    year_group: only of pupils who were in it.
    """
    red = Result.objects.filter(round=round_, school_class__in=class_ids, colour=Colour.RED)
    if year_group is not None:
        red = red.filter(year_group=year_group)
    ids, shown = ("school_class_id", "pupil_id", "indicator_id", "year_group"), KeptResult._fields
    rows = list(red.values_list(*ids, *shown))
    indicators = Indicator.objects.in_bulk({row[2] for row in rows})
    schools = schools_of(class_ids, round_.counted_on)
    decisions = decisions_on(indicators.keys(), {row[3] for row in rows}, set(schools.values()))
    return [
        RedCell(
            class_id,
            pupil_id,
            indicator_id,
            is_near_its_limits(
                KeptResult(*result),
                indicators[indicator_id],
                of_school(decisions[indicator_id], schools.get(class_id)),
                year_group,
            ),
        )
        for class_id, pupil_id, indicator_id, year_group, *result in rows
    ]


def count_of(red: Collection[RedCell], unanswered: Collection[RedCell]) -> Count:
    return Count(len(red), len(unanswered), sum(cell.is_near for cell in unanswered))


def without_answer(red: Iterable[RedCell], round_: MeasurementRound) -> list[RedCell]:
    """Those that no intervention covers, and that no meeting has decided about in their round.

    round_: of the cells. Four queries, however many cells there are.
    """
    red = list(red)
    named = InterventionPupil.objects.filter(pupil__in={cell.pupil_id for cell in red})
    by_pupil = set(
        named.filter(intervention__ended_on__isnull=True).values_list(
            "pupil_id", "intervention__indicator_id"
        )
    )
    by_class = _answered_classes({cell.class_id for cell in red})
    if red:
        pupils, classes = _decided_at_meetings(red, round_)
        by_pupil |= pupils
        by_class |= classes
    return [
        cell
        for cell in red
        if (cell.pupil_id, cell.indicator_id) not in by_pupil
        and (cell.class_id, cell.indicator_id) not in by_class
    ]


def _answered_classes(class_ids: Collection[int]) -> set[tuple[int, int]]:
    """(class, indicator) by ids: of what is done for the whole class, alone or as one of several classes."""
    whole = Intervention.objects.filter(NOT_ENDED).exclude(
        pk__in=InterventionPupil.objects.values("intervention_id")
    )
    parts = InterventionUnit.objects.filter(intervention__in=whole)
    alone = whole.filter(unit__in=class_ids).exclude(pk__in=parts.values("intervention_id"))
    covered = parts.filter(unit__in=class_ids)
    return set(alone.values_list("unit_id", "indicator_id")) | set(
        covered.values_list("unit_id", "intervention__indicator_id")
    )


def _decided_at_meetings(
    red: Collection[RedCell], round_: MeasurementRound
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """((pupil, indicator), (class, indicator)) by ids, of the cases of meetings on the round that have an outcome.

    A meeting has looked at a round once it has begun. A pupil's case answers for its indicators and for that pupil; a
    case of no pupil for all of its class.
    """
    about = CaseIndicator.objects.filter(case__meeting__round=round_, case__meeting__started_at__isnull=False)
    theirs = Q(case__pupil__in={cell.pupil_id for cell in red}) | Q(
        case__pupil__isnull=True, case__unit__in={cell.class_id for cell in red}
    )
    decided = about.filter(theirs).exclude(case__outcome="")
    rows = list(decided.values_list("case__pupil_id", "case__unit_id", "indicator_id"))
    pupils = {(pupil_id, indicator_id) for pupil_id, _unit_id, indicator_id in rows if pupil_id is not None}
    return pupils, {(unit_id, indicator_id) for pupil_id, unit_id, indicator_id in rows if pupil_id is None}


def answers_by_indicator(
    classes: Iterable[Unit], round_: MeasurementRound, year_group: int | None = None
) -> dict[str, Count]:
    """Of classes together, by code of the indicator; those without red are left out."""
    red = red_cells([each.pk for each in classes], round_, year_group)
    all_of, unanswered = _by(red, "indicator_id"), _by(without_answer(red, round_), "indicator_id")
    codes = dict(Indicator.objects.filter(pk__in=all_of).values_list("pk", "code"))
    return {codes[pk]: count_of(cells, unanswered[pk]) for pk, cells in all_of.items()}


def classes_below(unit: Unit, round_: MeasurementRound) -> list[Unit]:
    """As the tree was when the round was counted."""
    on = unit.nearest_day(round_.counted_on)
    return list(Unit.objects.filter(pk__in=subtree_ids([unit.pk], on), level=Level.SCHOOL_CLASS))


def answers_by_class(
    all_classes: Iterable[Unit], round_: MeasurementRound, year_group: int | None = None
) -> list[ClassAnswers]:
    """Of each of the classes; those without red are left out."""
    classes = {each.pk: each for each in all_classes}
    red = red_cells(classes.keys(), round_, year_group)
    all_of, unanswered = _by(red, "class_id"), _by(without_answer(red, round_), "class_id")
    indicators = list(Indicator.objects.filter(pk__in={cell.indicator_id for cell in red}))
    found = []
    for class_id, cells in all_of.items():
        n_of = Counter(cell.indicator_id for cell in unanswered[class_id])
        by_indicator = [(each, n_of[each.pk]) for each in indicators if n_of[each.pk]]
        counted = count_of(cells, unanswered[class_id])
        found.append(ClassAnswers(classes[class_id], counted, by_indicator))
    return sorted(found, key=lambda each: _order(each.school_class))


def _by(cells: Iterable[RedCell], name: str) -> defaultdict[int, list[RedCell]]:
    found: defaultdict[int, list[RedCell]] = defaultdict(list)
    for cell in cells:
        found[getattr(cell, name)].append(cell)
    return found


def _order(unit: Unit) -> tuple[bool, int, str]:
    return unit.year_group is None, unit.year_group or 0, unit.name


def tried_on(
    pupil: Pupil, indicator: Indicator, sight: Sight
) -> tuple[list[Intervention], list[Intervention]]:
    """(what is being done, what has been tried and has ended) for a pupil on an indicator, as the reader may see it.

    The most urgent first, and the latest of what has ended.
    """
    return running_and_ended(interventions_of(pupil, sight).filter(indicator=indicator))


def running_and_ended(about: Iterable[Intervention]) -> tuple[list[Intervention], list[Intervention]]:
    """about: the latest of those that have ended first, of which only a few are told."""
    found = list(about)
    running = [each for each in found if each.ended_on is None]
    return running, [each for each in found if each.ended_on is not None][:ENDED_SHOWN]
