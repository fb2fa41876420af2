"""Interventions of the invented municipalities with an answer: some that helped, and some that did not.

Nothing is written that did not come about: the pupils whom something is done for do better or worse from the next round
on (RoundWriter.help), or just as before, and the service that follows up finds out what it can.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.core.exceptions import ValidationError

from accounts.demo import Town
from accounts.models import Unit
from accounts.queries import subtree_ids
from accounts.roles import RoleCode
from colourmaps.classification import Colour
from colourmaps.demo import RoundWriter
from colourmaps.models import Indicator, MeasurementRound, Result
from interventions.models import Intervention, InterventionPupil, InterventionUnit, Kind
from interventions.population import population_of
from interventions.services import freeze_baseline, freeze_follow_up

from .holders import holder_of
from .plans import texts_of

DAY = datetime.timedelta(days=1)
# Days after the round: start, follow-up and end.
STARTS, FOLLOW_UP, ENDS = 30, 200, 230
FEWEST_PUPILS = 3


class ForWhom(Enum):
    """Of the demo's school, or of its area."""

    THE_RED = "everybody who is red, by name"
    SCHOOL = "the whole school"
    AREA = "all schools of the area"


@dataclass(frozen=True)
class Measure:
    """gain: how much better the pupils do from then on, in shares of the spread. expected: change of the mean."""

    code: str
    for_whom: ForWhom
    gain: float
    expected: float
    kind: Kind
    title: str
    aim: str
    practice: str
    times_per_week: int | None = None
    minutes_each_time: int | None = None


SWEDISH = (
    Measure(
        "LASHASTIGHET",
        ForWhom.THE_RED,
        2.0,
        12,
        Kind.SUPPORT,
        "Intensivläsning med speciallärare",
        "Alla som läser under gränsen ska läsa med flyt till våren.",
        "Eleverna läser högt för en vuxen i 15 minuter varje dag i tolv veckor.",
        times_per_week=5,
        minutes_each_time=15,
    ),
    Measure(
        "FRANVARO",
        ForWhom.SCHOOL,
        0.0,
        -2,
        Kind.PREVENTING,
        "Samtal hem samma dag vid frånvaro",
        "Frånvaron på skolan ska vara lägre till våren.",
        "Mentorn ringer hem samma dag som en elev är borta, också när frånvaron är anmäld.",
    ),
    Measure(
        "TALUPPFATTNING",
        ForWhom.SCHOOL,
        -1.2,
        2,
        Kind.ORGANISATION,
        "Matte i helklass i stället för i halvklass",
        "Eleverna får en lektion till i veckan och räknar säkrare.",
        "Halvklasslektionerna slås ihop, och tiden läggs på en extra lektion för alla.",
    ),
    Measure(
        "PROBLEMLOSNING",
        ForWhom.AREA,
        1.0,
        5,
        Kind.TEACHING,
        "Problemlösning i par, programmet i hela området",
        "Fler elever löser problem i flera steg.",
        "Varje vecka löser eleverna ett problem i par och förklarar för varandra hur de tänkte.",
        times_per_week=1,
        minutes_each_time=60,
    ),
)


class Answers:
    """Begins the interventions after the first round, and follows them up as the rounds go by."""

    def __init__(self, town: Town, writer: RoundWriter) -> None:
        self.town = town
        self.writer = writer

    def after(self, round_: MeasurementRound) -> None:
        """What happens between this round and the next."""
        is_first = not MeasurementRound.objects.filter(starts_on__lt=round_.starts_on).exists()
        if is_first and self.town.plan.country == "SE":
            for measure in SWEDISH:
                self._begin(measure, round_)

    def _begin(self, measure: Measure, round_: MeasurementRound) -> None:
        indicator = Indicator.objects.filter(code=measure.code).first()
        if indicator is None:
            return
        unit, parts = self._places(measure)
        starts_on = round_.ends_on + STARTS * DAY
        pupils = self._red(unit, indicator, round_) if measure.for_whom is ForWhom.THE_RED else []
        if measure.for_whom is ForWhom.THE_RED and len(pupils) < FEWEST_PUPILS:
            return
        intervention = self._write(measure, unit, indicator, round_)
        InterventionPupil.objects.bulk_create(
            InterventionPupil(municipality=self.town.municipality, intervention=intervention, pupil_id=pupil)
            for pupil in pupils
        )
        InterventionUnit.objects.bulk_create(
            InterventionUnit(municipality=self.town.municipality, intervention=intervention, unit=part)
            for part in parts
        )
        freeze_baseline(intervention)
        self.writer.help(population_of(intervention, starts_on).keys(), indicator, measure.gain)

    def _places(self, measure: Measure) -> tuple[Unit, Sequence[Unit]]:
        """The unit where it is decided, and the units that it covers."""
        plan = self.town.plan
        if measure.for_whom is not ForWhom.AREA or not self.town.areas:
            return self.town.schools[0], []
        area = plan.area_of(0)
        schools = [school for place, school in enumerate(self.town.schools) if plan.area_of(place) == area]
        return self.town.areas[area], schools

    def _red(self, school: Unit, indicator: Indicator, round_: MeasurementRound) -> list[int]:
        classes = subtree_ids([school.pk], round_.ends_on)
        red = Result.objects.filter(
            round=round_, school_class__in=classes, indicator=indicator, colour=Colour.RED
        )
        return sorted(red.values_list("pupil_id", flat=True))

    def _write(
        self, measure: Measure, unit: Unit, indicator: Indicator, round_: MeasurementRound
    ) -> Intervention:
        starts_on = round_.ends_on + STARTS * DAY
        head = holder_of(unit, RoleCode.PRINCIPAL, RoleCode.AREA_HEAD)
        texts = texts_of(self.town.plan.country)
        intervention = Intervention.objects.create(
            municipality=self.town.municipality,
            unit=unit,
            indicator=indicator,
            title=measure.title,
            kind=measure.kind,
            aim=measure.aim,
            background=texts.background[measure.for_whom is ForWhom.THE_RED],
            practice=measure.practice,
            family_part=texts.family,
            expected_change=round(100 * measure.expected),
            times_per_week=measure.times_per_week,
            minutes_each_time=measure.minutes_each_time,
            responsible=head,
            starts_on=starts_on,
            follow_up_on=round_.ends_on + FOLLOW_UP * DAY,
            ended_on=round_.ends_on + ENDS * DAY,
            decided_by=head,
        )
        decided_at = datetime.datetime.combine(starts_on - 3 * DAY, datetime.time(14), datetime.UTC)
        Intervention.objects.filter(pk=intervention.pk).update(decided_at=decided_at)
        return intervention


def write_follow_ups() -> int:
    """Of everything that has ended, on its last day; returns how many. Where nothing was measured, there is none."""
    ended = Intervention.objects.filter(ended_on__isnull=False).select_related("responsible")
    return sum(_followed_up(intervention) for intervention in ended.order_by("pk"))


def _followed_up(intervention: Intervention) -> bool:
    try:
        freeze_follow_up(intervention=intervention, by=intervention.responsible, on=intervention.ended_on)
    except ValidationError:
        return False
    return True
