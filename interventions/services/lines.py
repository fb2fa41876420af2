"""What a plan consists of in rows of its own: pupils, units, people, steps, costs."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import (
    CostLine,
    Intervention,
    InterventionPupil,
    InterventionUnit,
    Participant,
    Step,
    WaitingPupil,
)
from ..plans import Plan, PlannedStep


def write_related(intervention: Intervention, plan: Plan) -> None:
    """Everything as the plan says it; rows that are as they were stay, so that a step keeps the day it was done."""
    _link(intervention, InterventionPupil, "pupil", [pupil.pk for pupil in plan.pupils])
    _link(intervention, WaitingPupil, "pupil", [pupil.pk for pupil in plan.waiting])
    _link(intervention, InterventionUnit, "unit", [unit.pk for unit in plan.parts])
    _link(intervention, Participant, "user", [person.pk for person in plan.participants])
    _write_steps(intervention, plan.steps)
    intervention.costs.all().delete()
    CostLine.objects.bulk_create(
        CostLine(
            municipality_id=intervention.municipality_id,
            intervention=intervention,
            what=cost.what,
            money=cost.money,
            hours=cost.hours,
        )
        for cost in plan.costs
    )


def _link(intervention: Intervention, model: type, name: str, wanted: Iterable[int]) -> None:
    """Rows of a table between the intervention and the ids, no more and no fewer."""
    ids = dict.fromkeys(wanted)
    rows = model.objects.filter(intervention=intervention)  # type: ignore[attr-defined]  # one of four tables
    rows.exclude(**{f"{name}_id__in": ids}).delete()
    there = set(rows.values_list(f"{name}_id", flat=True))
    model.objects.bulk_create(  # type: ignore[attr-defined]  # as above
        model(
            municipality_id=intervention.municipality_id,
            intervention=intervention,
            **{f"{name}_id": wanted_id},
        )
        for wanted_id in ids
        if wanted_id not in there
    )


def _write_steps(intervention: Intervention, steps: Iterable[PlannedStep]) -> None:
    known = {step.pk: step for step in intervention.steps.all()}
    kept = {step.id: step for step in steps if step.id in known}
    intervention.steps.exclude(pk__in=list(kept)).delete()
    for step_id, wanted in kept.items():
        step = known[step_id or 0]
        step.what, step.due_on = wanted.what, wanted.due_on
        step.save(update_fields=["what", "due_on"])
    Step.objects.bulk_create(
        Step(
            municipality_id=intervention.municipality_id,
            intervention=intervention,
            what=step.what,
            due_on=step.due_on,
        )
        for step in steps
        if step.id not in known
    )
