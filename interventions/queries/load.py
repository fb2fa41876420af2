"""How much is running already: per person and per unit, told before one more is added."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.queries import subtree_ids

from ..models import Intervention, InterventionPupil, InterventionUnit
from ..states import NOT_ENDED


@dataclass(frozen=True)
class Load:
    """Running interventions, with those whose follow-up is late: by id of the person; by unit with those below it."""

    by_person: Counter[int] = field(default_factory=Counter)
    by_unit: Sequence[tuple[Unit, int]] = ()


def load_of(
    people: Collection[int], units: Sequence[Unit], on: datetime.date, *, counts_named: bool = True
) -> Load:
    """counts_named: whether those that name pupils count too, which only concerns who sees the pupils."""
    running = Intervention.objects.filter(NOT_ENDED, starts_on__lte=on)
    if not counts_named:
        running = running.exclude(pk__in=InterventionPupil.objects.values("intervention_id"))
    answering = running.filter(responsible_id__in=people).values_list("responsible_id", flat=True)
    below = {unit.pk: {unit.pk} if unit.is_school_class else subtree_ids([unit.pk], on) for unit in units}
    all_units = set().union(*below.values()) if below else set()
    places = set(running.filter(unit_id__in=all_units).values_list("pk", "unit_id"))
    covered = InterventionUnit.objects.filter(unit_id__in=all_units, intervention__in=running)
    places |= set(covered.values_list("intervention_id", "unit_id"))
    return Load(
        Counter(answering),
        [(unit, len({one for one, place in places if place in below[unit.pk]})) for unit in units],
    )


def running_in_words(name: str, n: int) -> str:
    return ngettext(
        "%(name)s has %(n)s running intervention", "%(name)s has %(n)s running interventions", n
    ) % {
        "name": name,
        "n": n,
    }
