"""What a meeting has on its agenda already, also what was dropped from it: none of that is asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...answers import RedCell
from ...models import AnalysisMeeting, MeetingCase, Source
from .proposed import Proposed

# What a case can be about of which there is only one, each by its id.
ONCE = ("earlier_id", "intervention_id", "question_id", "concluded_id")


@dataclass
class Present:
    """once: (column of ONCE, id). of_pupils: (pupil, indicator); of_units: (unit, indicator), by ids.

    open_by_pupil: the case of a pupil's red, or by hand, that nobody has decided about yet.
    n: cases that were not put there by hand.
    """

    once: set[tuple[str, int]] = field(default_factory=set)
    of_pupils: set[tuple[int, int]] = field(default_factory=set)
    of_units: set[tuple[int | None, int]] = field(default_factory=set)
    open_by_pupil: dict[int, int] = field(default_factory=dict)
    n: int = 0

    @classmethod
    def at(cls, meeting: AnalysisMeeting) -> Present:
        """Two queries."""
        present = cls()
        for case in MeetingCase.objects.filter(meeting=meeting).prefetch_related("about"):
            present._take(case, [about.indicator_id for about in case.about.all()])
            is_of_red = case.source in (Source.RED, Source.FREE)
            if case.pupil_id is not None and is_of_red and not case.is_settled:
                present.open_by_pupil.setdefault(case.pupil_id, case.pk)
            present.n += case.source != Source.FREE
        return present

    def new_among(self, proposed: Iterable[Proposed]) -> list[Proposed]:
        """Those that are not there, which are there from now on."""
        new = []
        for each in proposed:
            if self.once.isdisjoint(_once(each)):
                self._take(each, each.indicator_ids)
                new.append(each)
        return new

    def has(self, cell: RedCell) -> bool:
        return (cell.pupil_id, cell.indicator_id) in self.of_pupils or (
            cell.class_id,
            cell.indicator_id,
        ) in self.of_units

    def _take(self, case: MeetingCase | Proposed, indicator_ids: Iterable[int]) -> None:
        self.once |= _once(case)
        if case.pupil_id is not None:
            self.of_pupils |= {(case.pupil_id, each) for each in indicator_ids}
        else:
            self.of_units |= {(case.unit_id, each) for each in indicator_ids}


def _once(case: MeetingCase | Proposed) -> set[tuple[str, int]]:
    return {(name, getattr(case, name)) for name in ONCE if getattr(case, name) is not None}
