"""Days of measurement that do not belong to the round."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext_lazy

from ...models import MeasurementRound
from ..alike import tell
from ..days import Days, between
from ..draft import Draft
from ..mapping import Meaning, header_key
from ..messages import Kind, Level, Message, define

OTHER_ROUND = define(
    "check.other_round",
    Level.ERROR,
    gettext_lazy(
        "%(value)s is in the measurement round %(other)s, but the result is to be kept in %(round)s. Correct the day "
        "or the round."
    ),
)
FAR_FROM_ROUND = define(
    "check.far_from_round",
    Level.ERROR,
    gettext_lazy(
        "%(value)s is more than a year away from the measurement round %(round)s. Correct the day or the round."
    ),
)
OUTSIDE_ROUND = define(
    "check.outside_round",
    Level.WARNING,
    gettext_lazy(
        "%(value)s is not within the measurement round %(round)s, %(first)s – %(last)s. The result is kept in "
        "%(round)s; if it was measured on another day, correct the day in the file."
    ),
)

NEAR = datetime.timedelta(days=366)
"""A day further away from a round is a slip of the pen in the year."""


class WithinRound:
    """A day that is within another round says that the result belongs there; any other may be a late measurement."""

    def run(self, draft: Draft) -> Iterator[Message]:
        days = draft.extraction.days
        if days is None:
            return
        for name in draft.extraction.rounds:
            round_ = draft.rounds.get(header_key(name))
            if round_ is None:
                continue
            is_astray = draft.extraction.has_result(name) & ~np.isnat(days) & ~_within(days, round_)
            if draft.has_columns_of_several_rounds:
                is_astray &= ~_within_any(days, draft)
            yield from self._about(draft, round_, np.flatnonzero(is_astray), days)

    def _about(
        self, draft: Draft, round_: MeasurementRound, rows: np.ndarray, days: Days
    ) -> Iterator[Message]:
        """What is wrong with the days of the rows, which are not within the round."""
        told = {
            "round": round_.name,
            "first": round_.starts_on.isoformat(),
            "last": round_.ends_on.isoformat(),
        }

        def say(kind: Kind, chosen: np.ndarray, **more: str) -> Iterator[Message]:
            return tell(draft.extraction, kind, rows[chosen], Meaning.MEASURED_ON, said=told | more)

        is_told = np.zeros(len(rows), dtype=bool)
        for other in draft.rounds.values():
            is_in_other = _within(days[rows], other) & ~is_told
            yield from say(OTHER_ROUND, is_in_other, other=other.name)
            is_told |= is_in_other
        is_far = ~between(days[rows], round_.starts_on - NEAR, round_.ends_on + NEAR)
        yield from say(FAR_FROM_ROUND, is_far & ~is_told)
        yield from say(OUTSIDE_ROUND, ~is_far & ~is_told)


def _within(days: Days, round_: MeasurementRound) -> np.ndarray:
    return between(days, round_.starts_on, round_.ends_on)


def _within_any(days: Days, draft: Draft) -> np.ndarray:
    """Which days are within one of the rounds that the file has columns of."""
    rounds = [draft.rounds.get(header_key(name)) for name in draft.extraction.rounds]
    return np.logical_or.reduce([_within(days, round_) for round_ in rounds if round_])
