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
from ..population import unit_ids_of
from .full import interventions_in_full, most_urgent_first


def visible_interventions(sight: Sight) -> QuerySet[Intervention]:
    return most_urgent_first(interventions_in_full().filter(seen_by(sight)))


def seen_by(sight: Sight) -> Q:
    """Condition for the interventions that a person may know of."""
    days = sight.once(days_with_interventions)
    deciding = _units_on(days, sight, Permission.DECIDE_INTERVENTIONS)
    seeing = _units_on(days, sight, Permission.SEE_PUPILS)
    named = Q(pk__in=InterventionPupil.objects.values("intervention_id"))
    in_one = Q(pk__in=InterventionUnit.objects.filter(unit_id__in=deciding).values("intervention_id"))
    own = Q(responsible=sight.user) | Q(
        pk__in=Participant.objects.filter(user=sight.user).values("intervention_id")
    )
    of_whole_units = ~named & ((Q(unit_id__in=deciding) & ~_covers_others_than(deciding)) | in_one | own)
    return of_whole_units | (named & _for_pupils_in(seeing))


def pupils_seen_by(sight: Sight) -> Q:
    """Condition for the interventions whose pupils a person sees, all of them; as `sees_all_pupils`, of a query.

    By the units as they are today, and as they were at the end of earlier school years.
    """
    return _for_pupils_in(_units_on(sight.once(days_with_interventions), sight, Permission.SEE_PUPILS))


def _for_pupils_in(unit_ids: set[int]) -> Q:
    return Q(unit_id__in=unit_ids) | (_covers_any() & ~_covers_others_than(unit_ids))


def _covers_any() -> Q:
    return Q(pk__in=InterventionUnit.objects.values("intervention_id"))


def _covers_others_than(unit_ids: set[int]) -> Q:
    return Q(pk__in=InterventionUnit.objects.exclude(unit_id__in=unit_ids).values("intervention_id"))


def decided_units(sight: Sight) -> set[int]:
    """Ids of the units where the person decides, with classes of earlier years that had interventions."""
    return _units_on(sight.once(days_with_interventions), sight, Permission.DECIDE_INTERVENTIONS)


def _units_on(days: Iterable[datetime.date], sight: Sight, permission: Permission) -> set[int]:
    return set().union(*(sight.visible_units(permission, day) for day in days))


def days_with_interventions(today: datetime.date) -> list[datetime.date]:
    """Today, and the last day of every school year whose classes had interventions: the trees to look in."""
    ended = Unit.objects.filter(Q(interventions__isnull=False) | Q(covered_by__isnull=False))
    ended_on = ended.filter(valid_to__lte=today).order_by().values_list("valid_to", flat=True).distinct()
    last_days = {day - datetime.timedelta(days=1) for day in ended_on if day}
    return sorted(last_days | {today})


def units_of(intervention: Intervention) -> list[Unit]:
    """The units it covers; its own, where it covers no others."""
    return list(intervention.covered_units.all()) or [intervention.unit]


def sees_all_pupils(intervention: Intervention, sight: Sight) -> bool:
    """Whether the person sees the pupils of all the units it is for, as they were on its first day; so its figures."""
    visible = sight.visible_units(Permission.SEE_PUPILS, intervention.starts_on)
    return set(unit_ids_of(intervention)) <= visible


def shows_background(intervention: Intervention, sight: Sight) -> bool:
    """A background cites true counts of classes and pupils: it is for those who see all of them.

    Of schools and what stands above them it cites what has been released, and is for whoever reads the plan.
    """
    has_classes = any(unit.is_school_class for unit in units_of(intervention))
    return not has_classes or sees_all_pupils(intervention, sight)


def may_decide_for(units: Iterable[Unit], sight: Sight) -> bool:
    """Whether the person decides at each of the units, though perhaps not at the one above them."""
    return all(sight.can(Permission.DECIDE_INTERVENTIONS, unit) for unit in units)


def may_change(intervention: Intervention, sight: Sight) -> bool:
    """Whoever could have decided it may change it, and whoever answers for it; those who take part read it."""
    return intervention.responsible_id == sight.user.pk or may_decide_for(units_of(intervention), sight)
