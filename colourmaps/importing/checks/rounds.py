"""The measurement rounds that the results are of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext_lazy

from ..alike import tell
from ..draft import Draft
from ..mapping import Meaning, header_key
from ..messages import Kind, Level, Message, define

UNKNOWN_ROUND = define(
    "check.unknown_round",
    Level.ERROR,
    gettext_lazy("There is no measurement round “%(name)s”. Choose one that exists."),
)
NO_ROUND = define(
    "check.no_round",
    Level.ERROR,
    gettext_lazy("The file does not say which measurement round the results are from. Choose the round."),
)
CLOSED_ROUND = define(
    "check.closed_round",
    Level.ERROR,
    gettext_lazy("The measurement round %(name)s is closed and takes no more results."),
)


class KnownRounds:
    """Every result belongs to a round that exists and is open.

    A round that a column or the whole file is of concerns the file; one that rows name themselves concerns those rows.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        for name in draft.extraction.rounds:
            kind, parameters = _fault(draft, name)
            if kind is None:
                continue
            if draft.mapping.names_rounds_by_row:
                rows = np.flatnonzero(draft.extraction.has_result(name))
                yield from tell(draft.extraction, kind, rows, Meaning.ROUND_NAME, said=parameters)
            else:
                yield Message(kind, parameters=parameters)


def _fault(draft: Draft, name: str) -> tuple[Kind | None, dict[str, str]]:
    """What is wrong with a round, if anything is."""
    round_ = draft.rounds.get(header_key(name))
    if not name:
        return NO_ROUND, {}
    if round_ is None:
        return UNKNOWN_ROUND, {"name": name}
    return (CLOSED_ROUND, {"name": round_.name}) if round_.closed_at is not None else (None, {})
