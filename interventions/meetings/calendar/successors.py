"""Which class, or other unit, a meeting is about when the one it was planned for has given way to a successor."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from accounts.models import Unit


class Successors:
    """Units with all that came after them. Reads once per step of the longest line, and nothing afterwards.

    today: a unit that ends later may still get a successor; until then it stands for itself.
    """

    def __init__(self, units: Collection[Unit], today: datetime.date) -> None:
        self.today = today
        self.known = {unit.pk: unit for unit in units}
        wanted = self._unknown(units)
        while wanted:
            found = list(Unit.objects.filter(pk__in=wanted).select_related("kind"))
            self.known.update((unit.pk, unit) for unit in found)
            wanted = self._unknown(found)

    def _unknown(self, units: Iterable[Unit]) -> set[int]:
        return {unit.successor_id for unit in units if unit.successor_id} - set(self.known)

    def heir(self, unit: Unit, on: datetime.date) -> Unit | None:
        """Who stands for the unit on a day; None once it has ended without a successor."""
        while unit.valid_to is not None and unit.valid_to <= on:
            if unit.successor_id is None:
                return unit if unit.valid_to > self.today else None
            unit = self.known[unit.successor_id]
        return unit

    def heirs(self, units: Iterable[Unit], on: datetime.date) -> list[Unit]:
        """Each once: two classes may have become one."""
        found = (self.heir(unit, on) for unit in units)
        return list({unit.pk: unit for unit in found if unit is not None}.values())
