"""What becomes of a cell that was handed back: three ways, mine (the cell), was (the signed base) and theirs. Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from ..scales import Mark


class Content(NamedTuple):
    """What a result says. value: hundredths, None where there is a mark instead."""

    value: int | None
    mark: int = Mark.MEASURED

    def to_json(self) -> list[int | None]:
        return [self.value, int(self.mark)]


class Verdict(Enum):
    """UNTOUCHED: as it was when the workbook was made, or left empty; whatever is in force stays.

    EMPTIED: it had a content and has none now; a workbook deletes nothing, so what is in force stays.
    TAKEN: goes in. SAME: what is in force already. CONFLICT: changed here too, by whomever; a person decides.
    """

    UNTOUCHED = "untouched"
    EMPTIED = "emptied"
    TAKEN = "taken"
    SAME = "same"
    CONFLICT = "conflict"


def merge(mine: Content | None, was: Content | None, theirs: Content | None) -> Verdict:
    """mine: the cell that was handed back, was: when the workbook was made, theirs: in force now; None: nothing."""
    if mine is None and was is not None:
        return Verdict.EMPTIED
    return merge_meant(mine, was, theirs)


def merge_meant(mine: Content | None, was: Content | None, theirs: Content | None) -> Verdict:
    """As `merge`, where nobody leaves a cell empty by chance: an emptied cell is a content like any other."""
    if mine == was:
        return Verdict.UNTOUCHED
    if mine == theirs:
        return Verdict.SAME
    return Verdict.TAKEN if theirs == was else Verdict.CONFLICT


class Answer(Enum):
    """Which of two contents a person has chosen."""

    MINE = "mine"
    THEIRS = "theirs"


class Decision(NamedTuple):
    """An answer, and the content of theirs that the person had before their eyes."""

    answer: Answer
    theirs: Content | None


def goes_in(verdict: Verdict, decision: Decision | None, theirs: Content | None) -> bool:
    """Whether the cell is written. A decision about another content of theirs than the one in force decides nothing."""
    if verdict is Verdict.CONFLICT:
        return decision is not None and decision.answer is Answer.MINE and decision.theirs == theirs
    return verdict is Verdict.TAKEN
