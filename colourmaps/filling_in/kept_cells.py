"""What a batch keeps of the cells that were handed back: those that go in, those in conflict, and the answers to these.

Ids and hundredths alone, no names (ImportBatch.effect and .decisions).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..models import ImportBatch
from .merge import Answer, Content, Decision, Verdict, goes_in
from .offer import CellKey


class KeptCell(NamedTuple):
    """theirs: what was in force, with its colour, who recorded it (id) and when (ISO); mine: as handed back.

    school_class: id of the class on whose sheet it stands; None in what was kept before classes were.
    """

    pupil: int
    indicator: int
    theirs: Content | None
    their_colour: int
    mine: Content
    my_colour: int
    by: int | None
    at: str
    school_class: int | None = None

    def to_json(self) -> list[Any]:
        theirs = self.theirs and self.theirs.to_json()
        return [*self[:2], theirs, self.their_colour, self.mine.to_json(), *self[5:]]

    @classmethod
    def from_json(cls, stored: list[Any]) -> KeptCell:
        pupil, indicator, theirs, their_colour, mine, *rest = stored
        theirs = Content(*theirs) if theirs else None
        return cls(pupil, indicator, theirs, int(their_colour), Content(*mine), *rest)

    @property
    def key(self) -> CellKey:
        return self.pupil, self.indicator


def taken_in(batch: ImportBatch) -> list[KeptCell]:
    """Those that go in without a question; of very many, the first."""
    return [KeptCell.from_json(stored) for stored in batch.effect.get("taken", [])]


def conflicts_in(batch: ImportBatch) -> list[KeptCell]:
    return [KeptCell.from_json(stored) for stored in batch.effect.get("conflicts", [])]


def decisions_of(batch: ImportBatch) -> dict[CellKey, Decision]:
    return {
        (pupil, indicator): Decision(Answer(answer), Content(*theirs) if theirs else None)
        for pupil, indicator, answer, theirs in batch.decisions.get("conflicts", [])
    }


def as_stored(decisions: Mapping[CellKey, Decision]) -> dict[str, Any]:
    """For ImportBatch.decisions."""
    return {
        "conflicts": [
            [*key, decision.answer.value, decision.theirs and decision.theirs.to_json()]
            for key, decision in sorted(decisions.items())
        ]
    }


def answer_to(cell: KeptCell, decisions: Mapping[CellKey, Decision]) -> Answer | None:
    """The answer that still holds: theirs is what the person had before their eyes."""
    decision = decisions.get(cell.key)
    return decision.answer if decision and decision.theirs == cell.theirs else None


class Tally(NamedTuple):
    """What a yes will do: cells that go in, and conflicts that nobody has decided, which stay as they are."""

    n_in: int
    n_undecided: int


def tally_of(batch: ImportBatch) -> Tally:
    decisions, conflicts = decisions_of(batch), conflicts_in(batch)
    n_mine = sum(goes_in(Verdict.CONFLICT, decisions.get(cell.key), cell.theirs) for cell in conflicts)
    n_undecided = sum(answer_to(cell, decisions) is None for cell in conflicts)
    return Tally(batch.counts.get("taken", 0) + n_mine, n_undecided)
