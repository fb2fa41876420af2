"""Year groups in which an indicator is not to be measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from pupils.queries import enrolments_at

from ...models import DueIndicator, MeasurementRound
from ..alike import tell
from ..draft import Draft
from ..mapping import YEAR_GROUPS, header_key
from ..match import Match
from ..messages import Level, Message, define
from ..pupil_cells import PupilRow

NOT_DUE = define(
    "check.not_due",
    Level.WARNING,
    gettext_lazy(
        "%(indicator)s is not to be measured in year group %(year_group)s in %(round)s. Check that the value stands in "
        "the right row and column."
    ),
)

UNKNOWN = -1


class DueYearGroups:
    """Values of pupils in whose year group the indicator is not to be measured in the round.

    An indicator that no plan of the round speaks of is not judged.
    """

    def run(self, draft: Draft) -> Iterator[Message]:
        due: dict[tuple[int, int], list[int]] = defaultdict(list)
        for round_id, indicator_id, year_group in DueIndicator.objects.values_list(
            "round_id", "indicator_id", "year_group"
        ):
            due[round_id, indicator_id].append(year_group)
        for name in draft.extraction.rounds:
            round_ = draft.rounds.get(header_key(name))
            if round_ is not None and any(round_id == round_.pk for round_id, _ in due):
                yield from self._of_round(draft, name, round_, due)

    def _of_round(
        self, draft: Draft, name: str, round_: MeasurementRound, due: dict[tuple[int, int], list[int]]
    ) -> Iterator[Message]:
        year_groups = _year_groups(draft, round_)
        for column in draft.extraction.columns:
            indicator = draft.indicators.get(column.indicator)
            if column.round != name or indicator is None or (round_.pk, indicator.pk) not in due:
                continue
            is_due = np.isin([*YEAR_GROUPS, UNKNOWN], [*due[round_.pk, indicator.pk], UNKNOWN])
            rows = np.flatnonzero(column.has_result & ~is_due[year_groups])
            told = {"indicator": indicator.name, "round": round_.name}
            yield from tell(
                draft.extraction,
                NOT_DUE,
                rows,
                column,
                said=told,
                of_row=lambda at: {"year_group": int(year_groups[at])},
            )


def _year_groups(draft: Draft, round_: MeasurementRound) -> NDArray[np.int64]:
    """Of each row: the pupil's by the register when the round is counted, else what the row itself says.

    Where a protected pupil goes to school the register does not tell.
    """
    pupil_ids = [match.known.pk for match in draft.matches if match.known and not match.known.is_protected]
    homes = enrolments_at(round_.counted_on, pupil_ids)
    registered = dict(zip(homes["pupil_id"], homes["year_group"], strict=True))
    return np.array(
        [
            _year_group(pupil, match, registered)
            for pupil, match in zip(draft.extraction.pupils, draft.matches, strict=True)
        ],
        dtype=np.int64,
    )


def _year_group(pupil: PupilRow, match: Match, registered: dict[int, int]) -> int:
    home = match.new.home if match.new else match.home
    if match.known and match.known.pk in registered:
        return registered[match.known.pk]
    if home:
        return home.year_group
    return UNKNOWN if pupil.year_group is None else pupil.year_group
