"""Who may see which intervention, and who may change it.

One that names pupils is for those who see the pupils of its unit, or of every unit that it covers: nobody else is told
of it, not even its title. One for whole units is also for whoever decides at one of them, answers for it or takes part.
A role has no more of it than its level of sight: heads decide and see down to the school.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.access import Sight
from accounts.models import Unit
from accounts.roles import Permission

from ..models import Intervention, InterventionPupil, InterventionUnit, Participant
from .full import interventions_in_full, most_urgent_first


def visible_interventions(sight: Sight) -> QuerySet[Intervention]:
    return most_urgent_first(interventions_in_full().filter(seen_by(sight)))


def seen_by(sight: Sight) -> Q:
    """Condition for the interventions that a person may know of."""
    deciding, seeing = decided_units(sight), _units_over_time(sight, Permission.SEE_PUPILS)
    named = Q(pk__in=InterventionPupil.objects.values("intervention_id"))
    in_one = Q(pk__in=InterventionUnit.objects.filter(unit_id__in=deciding).values("intervention_id"))
    own = Q(responsible=sight.user) | Q(
        pk__in=Participant.objects.filter(user=sight.user).values("intervention_id")
    )
    of_whole_units = ~named & ((Q(unit_id__in=deciding) & ~_covers_others_than(deciding)) | in_one | own)
    of_pupils = named & (Q(unit_id__in=seeing) | (_covers_any() & ~_covers_others_than(seeing)))
    return of_whole_units | of_pupils


def _covers_any() -> Q:
    return Q(pk__in=InterventionUnit.objects.values("intervention_id"))


def _covers_others_than(unit_ids: set[int]) -> Q:
    return Q(pk__in=InterventionUnit.objects.exclude(unit_id__in=unit_ids).values("intervention_id"))


def decided_units(sight: Sight) -> set[int]:
    """Ids of the units where the person decides, with classes of earlier years that had interventions."""
    return _units_over_time(sight, Permission.DECIDE_INTERVENTIONS)


def _units_over_time(sight: Sight, permission: Permission) -> set[int]:
    units: set[int] = set()
    for day in days_with_interventions(sight.today):
        units |= sight.visible_units(permission, day)
    return units


def days_with_interventions(today: datetime.date) -> list[datetime.date]:
    """Today, and the last day of every school year whose classes had interventions: the trees to look in."""
    ended = Unit.objects.filter(Q(interventions__isnull=False) | Q(covered_by__isnull=False))
    ended_on = ended.filter(valid_to__lte=today).order_by().values_list("valid_to", flat=True).distinct()
    last_days = {day - datetime.timedelta(days=1) for day in ended_on if day}
    return sorted(last_days | {today})


def units_of(intervention: Intervention) -> list[Unit]:
    """The units it covers; its own, where it covers no others."""
    return [part.unit for part in intervention.parts.select_related("unit__kind")] or [intervention.unit]


def sees_all_pupils(intervention: Intervention, sight: Sight) -> bool:
    """Whether the person sees every pupil whom it is for, and so its figures."""
    return _can_at(sight, Permission.SEE_PUPILS, [intervention.unit]) or _can_at(
        sight, Permission.SEE_PUPILS, units_of(intervention)
    )


def among_pupils_seen(interventions: Iterable[Intervention], sight: Sight) -> set[int]:
    """Ids of those of interventions_in_full all of whose pupils the person sees, now or as they were in earlier years.

    A fixed number of queries, however many there are.
    """
    seeing = _units_over_time(sight, Permission.SEE_PUPILS)
    return {
        one.pk
        for one in interventions
        if ({unit.pk for unit in one.covered_units.all()} or {one.unit_id}) <= seeing
    }


def shows_background(intervention: Intervention, sight: Sight) -> bool:
    """A background cites true counts of classes and pupils: it is for those who see all of them.

    Of schools and what stands above them it cites what has been released, and is for whoever reads the plan.
    """
    has_classes = any(unit.is_school_class for unit in units_of(intervention))
    return not has_classes or sees_all_pupils(intervention, sight)


def may_decide_for(units: Iterable[Unit], sight: Sight) -> bool:
    """Whether the person decides at each of the units, though perhaps not at the one above them."""
    return _can_at(sight, Permission.DECIDE_INTERVENTIONS, units)


def may_change(intervention: Intervention, sight: Sight) -> bool:
    """Whoever could have decided it may change it, and whoever answers for it; those who take part read it."""
    return intervention.responsible_id == sight.user.pk or may_decide_for(units_of(intervention), sight)


def _can_at(sight: Sight, permission: Permission, units: Iterable[Unit]) -> bool:
    return all(sight.can(permission, unit) for unit in units)
