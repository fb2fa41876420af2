"""Of several units the nearest that stands above them all; they are its parts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from accounts.models import Unit
from accounts.queries import line_of


class Scope(NamedTuple):
    """Where an intervention is decided, and the units that it covers; no parts means the whole unit."""

    unit: Unit
    parts: Sequence[Unit] = ()


def scope_of(units: Sequence[Unit], on: datetime.date) -> Scope:
    """Of one unit, that alone. There is always one above: the municipality."""
    if len(units) == 1:
        return Scope(units[0])
    lines = [line_of(unit, on) for unit in units]
    shared = set.intersection(*({above.pk for above in line} for line in lines))
    nearest = [above for above in lines[0] if above.pk in shared][-1]
    return Scope(nearest, units)


def inside_one_another(units: Iterable[Unit], on: datetime.date) -> Sequence[tuple[Unit, Unit]]:
    """(inner, outer) of each of the units that stands below another of them."""
    chosen = {unit.pk: unit for unit in units}
    return [
        (unit, chosen[above.pk])
        for unit in chosen.values()
        for above in line_of(unit, on)[:-1]
        if above.pk in chosen
    ]
