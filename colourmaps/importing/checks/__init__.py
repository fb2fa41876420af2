"""What can be wrong with a file, one check per class; one module per subject."""

from __future__ import annotations

from ..alike import few_alike
from ..draft import Draft
from .check import Check
from .classes import InSomeClass, SameClass
from .columns import FilledColumns
from .days import WithinRound
from .leading_zeros import LeadingZeros
from .names import SameName
from .pupils import FitsRegister, MatchedPupils
from .repeated_rows import AgreeingRows, DuplicateRows, RowsOfOnePupil, SingleValues
from .rounds import KnownRounds
from .units import KnownClasses, KnownSchools
from .year_groups import DueYearGroups

__all__ = ["CHECKS", "Check", "run_checks"]

CHECKS: tuple[Check, ...] = (
    KnownRounds(),
    MatchedPupils(),
    LeadingZeros(),
    RowsOfOnePupil(),
    AgreeingRows(),
    SingleValues(),
    KnownSchools(),
    KnownClasses(),
    SameClass(),
    SameName(),
    InSomeClass(),
    FitsRegister(),
    WithinRound(),
    DuplicateRows(),
    DueYearGroups(),
    FilledColumns(),
)


def run_checks(draft: Draft) -> None:
    """Adds what every check says to the draft's messages."""
    for check in CHECKS:
        draft.messages.extend(check.run(draft))
    draft.messages[:] = few_alike(draft.messages)
