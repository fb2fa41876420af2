"""With whom the pupils of an intervention are compared: as numbers alone. Nobody of them is ever named or shown.

The fairest comparison there is are pupils who wait for the same. Else it is the pupils of the same year groups who
were measured in the same two rounds and had no other intervention on the indicator in between: of the same school,
which has the same neighbourhood and the same leadership, if there are enough of them, else of the municipality.
Reads only, with as many queries for one pupil as for a thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db.models import F, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import UnitPlacement
from accounts.queries import schools_of
from colourmaps.models import MeasurementRound, Result
from colourmaps.scales import HUNDREDTHS, Mark
from pupils.models import Enrolment
from pupils.queries import home_enrolments

from .effect import Pairs
from .models import Intervention


class Scope(TextChoices):
    """Where those who are compared with come from."""

    WAITING = "waiting", _("pupils who wait for the same")
    SCHOOL = "school", _("pupils of the same school")
    MUNICIPALITY = "municipality", _("pupils of the municipality")


class Measured(NamedTuple):
    """A pupil who was measured in both rounds. Year group, class and school are those of the first day."""

    pupil: int
    start: int
    follow_up: int
    year_group: int
    school_class: int
    school: int | None


@dataclass(frozen=True)
class Between:
    """An intervention and the two rounds that it is judged by."""

    intervention: Intervention
    start: MeasurementRound
    follow_up: MeasurementRound


@dataclass(frozen=True)
class Crowd:
    """Everybody in some year groups who was measured in both rounds; by id of the pupil.

    treated: those of them whom it is about. waiting: ids of those who wait for the same. helped: ids of those who had
    something on the same indicator, this or another intervention, that not all of the treated had.
    """

    everyone: Mapping[int, Measured]
    treated: Set[int]
    waiting: Set[int]
    helped: Set[int]

    @property
    def schools(self) -> set[int | None]:
        """Of the treated."""
        return {self.everyone[pupil].school for pupil in self.treated}

    def rows(self, pupils: Iterable[int]) -> list[Measured]:
        return [self.everyone[pupil] for pupil in sorted(pupils)]

    def comparison(self, scope: Scope) -> list[Measured]:
        free = self.everyone.keys() - self.treated - self.helped
        if scope is Scope.WAITING:
            return self.rows(free & self.waiting)
        if scope is Scope.SCHOOL:
            return self.rows(pupil for pupil in free if self.everyone[pupil].school in self.schools)
        return self.rows(free)

    @property
    def scopes(self) -> list[Scope]:
        """Where to look, the fairest first. Pupils who wait are all that is asked for, where there are any."""
        if self.waiting:
            return [Scope.WAITING]
        is_one_school = len(self.schools) == 1 and None not in self.schools
        return [Scope.SCHOOL, Scope.MUNICIPALITY] if is_one_school else [Scope.MUNICIPALITY]


def pairs_of(rows: Collection[Measured]) -> Pairs:
    """In the indicator's own unit."""
    return Pairs(
        np.array([row.start / HUNDREDTHS for row in rows], np.float64),
        np.array([row.follow_up / HUNDREDTHS for row in rows], np.float64),
        np.array([row.year_group for row in rows], np.int64),
        np.array([row.school_class for row in rows], np.int64),
    )


def crowd_of(between: Between, starts: Mapping[int, int], follow_ups: Mapping[int, int]) -> Crowd:
    """starts, follow_ups: values of the pupils whom the intervention is for, by their ids, as they are frozen.

    Of them, those count who have both and were in a class on the first day.
    """
    intervention = between.intervention
    both = starts.keys() & follow_ups.keys()
    waiting = set(intervention.waiting.values_list("pupil_id", flat=True)) - starts.keys()
    places = _places(both | waiting, between)
    measured = _measured(places, between)
    frozen = {
        pupil: replaced
        for pupil in both & places.keys()
        for replaced in [Measured(pupil, starts[pupil], follow_ups[pupil], *places[pupil])]
    }
    # One of them without a second value that counts is no comparison either.
    everyone = {pupil: row for pupil, row in measured.items() if pupil not in starts} | frozen
    helped = _helped(between, everyone, set(frozen))
    return Crowd(everyone, set(frozen), waiting & everyone.keys(), helped)


# Year group, class and school of a pupil.
Place = tuple[int, int, int | None]


def _places(pupils: Collection[int], between: Between) -> dict[int, Place]:
    """Of all pupils who are in the year groups of these on the first day."""
    on = between.intervention.starts_on
    groups = home_enrolments(on).filter(pupil_id__in=pupils).values_list("year_group", flat=True)
    enrolments = _of_year_groups(set(groups), between)
    rows = list(enrolments.values_list("pupil_id", "year_group", "school_class_id"))
    schools = schools_of({row[2] for row in rows}, on)
    return {pupil: (year_group, unit, schools.get(unit)) for pupil, year_group, unit in rows}


def _measured(places: Mapping[int, Place], between: Between) -> dict[int, Measured]:
    year_groups = {place[0] for place in places.values()}
    results = Result.objects.filter(
        pupil_id__in=_of_year_groups(year_groups, between).values("pupil_id"),
        indicator=between.intervention.indicator_id,
        round__in=[between.start, between.follow_up],
        mark=Mark.MEASURED,
    )
    values: dict[int, dict[int, int]] = {between.start.pk: {}, between.follow_up.pk: {}}
    for round_id, pupil, value in results.values_list("round_id", "pupil_id", "value"):
        values[round_id][pupil] = value
    starts, follow_ups = values[between.start.pk], values[between.follow_up.pk]
    both = starts.keys() & follow_ups.keys() & places.keys()
    return {pupil: Measured(pupil, starts[pupil], follow_ups[pupil], *places[pupil]) for pupil in both}


def _of_year_groups(year_groups: Set[int], between: Between) -> QuerySet[Enrolment]:
    """The home classes of the pupils who were in the year groups on the first day."""
    return home_enrolments(between.intervention.starts_on).filter(year_group__in=year_groups)


def _helped(between: Between, everyone: Mapping[int, Measured], treated: Set[int]) -> set[int]:
    """Ids of those for whom something else was done on the indicator that was not done for all of the treated.

    What all of the treated had besides, as a programme of the whole school, is no difference to those who had it too.
    """
    units_of = _units_by_pupil(between, everyone)
    helped: set[int] = set()
    for other in _running_between(between):
        named = {member.pupil_id for member in other.members.all()}
        units = {part.unit_id for part in other.parts.all()} or {other.unit_id}
        had_it = named or {pupil for pupil, above in units_of.items() if units & above}
        if other.pk == between.intervention.pk or not treated <= had_it:
            helped |= had_it
    return helped


def _running_between(between: Between) -> list[Intervention]:
    """Interventions on the indicator that ran after the first round and before the second, this one among them."""
    ran = Q(starts_on__lt=between.follow_up.starts_on) & (
        Q(ended_on__isnull=True) | Q(ended_on__gt=between.start.ends_on)
    )
    # What was called off ends on the day on which it would have started.
    was_called_off = Q(ended_on=F("starts_on"))
    found = Intervention.objects.filter(
        Q(pk=between.intervention.pk) | (ran & ~was_called_off), indicator=between.intervention.indicator_id
    )
    return list(found.prefetch_related("members", "parts"))


def _units_by_pupil(between: Between, everyone: Mapping[int, Measured]) -> dict[int, set[int]]:
    """Ids of the classes in which each pupil was between the rounds, and of all units above them."""
    first, last = between.start.ends_on, between.follow_up.starts_on
    meanwhile = Q(valid_from__lt=last) & (Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    parents: defaultdict[int, set[int]] = defaultdict(set)
    for unit, parent in UnitPlacement.objects.filter(meanwhile).values_list("unit_id", "parent_id"):
        parents[unit].add(parent)
    enrolments = Enrolment.objects.filter(
        meanwhile,
        is_home=True,
        pupil__in=_of_year_groups({row.year_group for row in everyone.values()}, between).values("pupil_id"),
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for pupil, unit in enrolments.values_list("pupil_id", "school_class_id"):
        if pupil in everyone:
            found[pupil] |= _with_those_above(unit, parents)
    return found


def _with_those_above(unit: int, parents: Mapping[int, Set[int]]) -> set[int]:
    found, rest = set(), [unit]
    while rest:
        found.add(each := rest.pop())
        rest += parents.get(each, set()) - found
    return found
