"""Interventions of a unit and of a pupil."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.access import Sight
from accounts.models import Unit, UnitPlacement
from accounts.queries import subtree_ids
from pupils.models import Enrolment, Pupil

from ..models import Intervention, InterventionPupil, InterventionUnit
from .full import interventions_in_full, most_urgent_first
from .seeing import days_with_interventions, decided_units, seen_by, visible_interventions


def interventions_at(unit: Unit, sight: Sight) -> QuerySet[Intervention]:
    """Those that the person may know of at the unit and the units below it, now or in earlier years.

    With those that cover one of these units together with others.
    """
    days = [unit.nearest_day(sight.today), *sight.once(days_with_interventions)]
    units = {unit_id for day in days for unit_id in subtree_ids([unit.pk], day)}
    covering = InterventionUnit.objects.filter(unit_id__in=units).values("intervention_id")
    return visible_interventions(sight).filter(Q(unit_id__in=units) | Q(pk__in=covering))


def interventions_of(pupil: Pupil, sight: Sight) -> QuerySet[Intervention]:
    """Those that name the pupil, and those for the whole of a class that the pupil is or was in.

    Also those of a group from several classes of which the reader has one: that it is there is not hidden from the
    pupil's teacher, though the others' names are.
    """
    classes = Enrolment.objects.filter(pupil=pupil, is_home=True).values("school_class_id")
    of_pupil = Q(pk__in=InterventionPupil.objects.filter(pupil=pupil).values("intervention_id"))
    named = Q(pk__in=InterventionPupil.objects.values("intervention_id"))
    covering = Q(pk__in=InterventionUnit.objects.filter(unit_id__in=classes).values("intervention_id"))
    own = InterventionUnit.objects.filter(unit_id__in=classes).filter(unit_id__in=decided_units(sight))
    about = of_pupil | ((Q(unit_id__in=classes) | covering) & ~named)
    known = seen_by(sight) | (of_pupil & Q(pk__in=own.values("intervention_id")))
    return most_urgent_first(interventions_in_full().filter(about & known))


def parents_of(units: Collection[Unit]) -> dict[int, Unit]:
    """The unit above each of the units, as they last stood: by id of the unit; the municipality has none."""
    placements = UnitPlacement.objects.filter(unit__in=units).select_related("parent").order_by("valid_from")
    return {placement.unit_id: placement.parent for placement in placements}
