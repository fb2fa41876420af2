"""The next step of each intervention that goes on."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from ..models import Step
from .asked import Asked
from .duty import Duty, Kind, group_by_day, when_in_words


def steps(asked: Asked) -> Sequence[Duty]:
    """Late or due; also of those who take part."""
    running = [pk for pk, one in asked.taking_part.items() if one.ended_on is None]
    if not running:
        return []
    open_ones = Step.objects.filter(intervention__in=running, done_on__isnull=True, due_on__lte=asked.horizon)
    first: dict[int, Step] = {}
    for step in open_ones.order_by("due_on", "pk"):
        first.setdefault(step.intervention_id, step)
    return [_duty(step, asked) for step in first.values()]


def _duty(step: Step, asked: Asked) -> Duty:
    intervention = asked.taking_part[step.intervention_id]
    page = reverse("interventions:intervention", args=[intervention.key])
    return Duty(
        kind=Kind.STEP,
        group=group_by_day(step.due_on, asked.today),
        what=step.what,
        when=when_in_words(step.due_on, asked.today),
        due_on=step.due_on,
        where=f"{intervention.title}, {intervention.unit.name}",
        url=f"{page}#steps",
        unit=intervention.unit,
    )
