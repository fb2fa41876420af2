"""Writes the invented interventions of a municipality: running, late and ended, for classes and for pupils.

Where something is done follows from the results: where many are red. They are written as history, with the days on
which they would have been decided, so today's rules for deciding (interventions.rules) are not asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.demo import Town
from accounts.models import Unit
from accounts.roles import RoleCode
from aggregation.models import UnitSum
from aggregation.slices import ALL_PUPILS
from colourmaps.classification import Colour
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound, Result
from interventions.models import Intervention, InterventionPupil
from interventions.services import freeze_baseline

from .deeds import deeds_of
from .holders import holder_of
from .plans import plan_fields, texts_of

DAY = datetime.timedelta(days=1)
MOST_PUPILS = 5
FEWEST_RED = 2


@dataclass(frozen=True)
class Story:
    """How an intervention goes, in days after its round: start, follow-up, and end if there is one.

    rounds_ago: 0 for the last round.
    """

    rounds_ago: int
    is_for_pupils: bool
    starts: int
    follow_up: int
    ends: int | None = None


RUNNING = Story(0, is_for_pupils=False, starts=10, follow_up=112)
RUNNING_FOR_PUPILS = Story(0, is_for_pupils=True, starts=17, follow_up=119)
LATE = Story(0, is_for_pupils=False, starts=3, follow_up=35)
LATE_FOR_PUPILS = Story(0, is_for_pupils=True, starts=3, follow_up=38)
ENDED = Story(3, is_for_pupils=False, starts=24, follow_up=160, ends=224)
ENDED_FOR_PUPILS = Story(2, is_for_pupils=True, starts=10, follow_up=110, ends=125)
STORIES = (RUNNING, RUNNING_FOR_PUPILS, LATE, ENDED, LATE_FOR_PUPILS, ENDED_FOR_PUPILS)


def write_interventions(town: Town, n_wanted: int, *, first_class: int) -> int:
    """Interventions for the classes with most red, each story in turn; returns how many there are.

    first_class: place of the class that has one of each story, as far as it has red results.
    """
    rounds = list(MeasurementRound.objects.order_by("-starts_on"))
    line = _with_predecessors(town, first_class)
    own = [story for story in STORIES if story.rounds_ago < len(rounds)]
    n_written = sum(_tell(town, story, rounds[story.rounds_ago], line, avoid=set()) for story in own)
    has_one = set(line)
    for turn in range(len(town.classes)):
        if n_written >= n_wanted:
            break
        story = own[turn % len(own)]
        n_written += _tell(town, story, rounds[story.rounds_ago], range(len(town.classes)), avoid=has_one)
    return n_written


def _with_predecessors(town: Town, place: int) -> list[int]:
    line = [place]
    while (before := town.predecessor_of(line[-1])) is not None:
        line.append(before)
    return line


def _tell(town: Town, story: Story, round_: MeasurementRound, places: Sequence[int], avoid: set[int]) -> bool:
    """One intervention where most are red among the classes at the places; False if nowhere enough are."""
    place_of_unit = {town.classes[place].pk: place for place in places if place not in avoid}
    told = set(Intervention.objects.filter(unit__in=place_of_unit).values_list("unit_id", "indicator_id"))
    reddest = UnitSum.objects.filter(
        slice=ALL_PUPILS, round=round_, unit__in=place_of_unit, red__gte=FEWEST_RED
    ).order_by("-red", "measured", "unit_id", "indicator__position")
    chosen = next((found for found in reddest if (found.unit_id, found.indicator_id) not in told), None)
    if chosen is None:
        return False
    avoid.add(place_of_unit[chosen.unit_id])
    _write(town, story, round_, town.classes[place_of_unit[chosen.unit_id]], chosen.indicator)
    return True


def _write(town: Town, story: Story, round_: MeasurementRound, unit: Unit, indicator: Indicator) -> None:
    title, aim = deeds_of(town.plan.country)[IndicatorArea(indicator.area)][story.is_for_pupils]
    school = town.schools[town.school_of(town.classes.index(unit))]
    starts_on = round_.ends_on + story.starts * DAY
    intervention = Intervention.objects.create(
        municipality=town.municipality,
        unit=unit,
        indicator=indicator,
        title=title,
        aim=aim,
        responsible=holder_of(unit, RoleCode.TEACHER),
        starts_on=starts_on,
        follow_up_on=round_.ends_on + story.follow_up * DAY,
        ended_on=None if story.ends is None else round_.ends_on + story.ends * DAY,
        decided_by=holder_of(school, RoleCode.PRINCIPAL),
        **plan_fields(texts_of(town.plan.country), indicator, starts_on, is_for_pupils=story.is_for_pupils),
    )
    decided_at = datetime.datetime.combine(starts_on - 3 * DAY, datetime.time(14), datetime.UTC)
    Intervention.objects.filter(pk=intervention.pk).update(decided_at=decided_at)
    if story.is_for_pupils:
        InterventionPupil.objects.bulk_create(
            InterventionPupil(municipality=town.municipality, intervention=intervention, pupil_id=pupil_id)
            for pupil_id in _red_pupils(round_, unit, indicator)
        )
    freeze_baseline(intervention)


def _red_pupils(round_: MeasurementRound, unit: Unit, indicator: Indicator) -> list[int]:
    red = Result.objects.filter(round=round_, school_class=unit, indicator=indicator, colour=Colour.RED)
    return list(red.order_by("value", "pupil_id").values_list("pupil_id", flat=True)[:MOST_PUPILS])
