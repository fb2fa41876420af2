"""Types of information, as an archive law knows them: what is kept how long, from when on, on which ground.

A type says what may be removed at all and the floor below which no municipality can decide. How long it is kept is the
municipality's decision (models.RetentionDecision); without one nothing goes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise

DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True)
class Removal:
    """How what has become old goes.

    old: of a day, the rows whose time began before it; what stands and falls with them goes too. begins: from when on
    time is counted, in words. around: within, what rests on the rows is kept as it stands (sums of results); then each
    of the querysets goes in one step.
    """

    begins: Promise
    old: Callable[[datetime.date], Sequence[models.QuerySet]]
    around: Callable[[], AbstractContextManager[None]] | None = None


@dataclass(frozen=True)
class InformationType:
    """ground: why it is kept and by which law. floor_years: nobody can decide on fewer. proposed_years: to begin with.

    why_kept: of a type without removal, why a plan does not remove it. is_walled: of a secrecy area of its own: no page
    hands it out as a file, and nobody outside the area learns how much of it there is.
    """

    code: str
    name: Promise
    ground: Promise
    removal: Removal | None = None
    why_kept: Promise | str = ""
    floor_years: int = 0
    proposed_years: int = 0
    archive_first: bool = False
    is_walled: bool = False


TYPES: dict[str, InformationType] = {}


def add_type(information_type: InformationType) -> None:
    """Raises ValueError for a type that is neither removed nor says why not, and for a second one of its code."""
    if bool(information_type.removal) == bool(information_type.why_kept):
        raise ValueError(f"{information_type.code}: say either how it is removed or why it is kept")
    if information_type.code in TYPES:
        raise ValueError(f"{information_type.code} is there already")
    TYPES[information_type.code] = information_type


def type_of(code: str) -> InformationType:
    return TYPES[code]


def day_before(today: datetime.date, years: int) -> datetime.date:
    """The day so many years ago, in whole days: leap years are averaged out."""
    return today - datetime.timedelta(days=round(years * DAYS_OF_A_YEAR))
