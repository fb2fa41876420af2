"""Changes that are larger than the test's own uncertainty makes likely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import pandas as pd
from django.utils.translation import gettext_lazy

from ...scales import format_number, format_value
from ..alike import tell
from ..draft import Draft
from ..extraction import ValueColumn
from ..mapping import header_key
from ..messages import Level, Message, define

UNLIKELY_JUMP = define(
    "check.unlikely_jump",
    Level.WARNING,
    gettext_lazy(
        "%(value)s is an unlikely jump in %(indicator)s: the pupil had %(previous)s before, and the pupils of the file "
        "have changed by %(median)s at the median. Check that the row and the column are right."
    ),
)
UNLIKELY_JUMP_PROTECTED = define(
    "check.unlikely_jump_protected",
    Level.WARNING,
    gettext_lazy(
        "%(value)s is an unlikely jump in %(indicator)s since the pupil's earlier value. Check that the row and the "
        "column are right."
    ),
)

FEWEST_PUPILS = 10
"""With an earlier value; of fewer the median change says little."""

MOST_LIKELY = 4 * sqrt(2)
"""So many measurement errors a change may be away from the median change.

The standard error of the difference of two scores is sqrt(2) times that of one (classical test theory, equal errors);
four of them are exceeded by chance in about one of 16,000 cases.
"""


@dataclass
class LikelyJumps:
    """Compares each value with the pupil's own one before, as the recording has found it.

    The recording looks up earlier values anyway, so this check listens to it instead of asking again; it warns only, so
    it may come after the writing.
    """

    draft: Draft
    _seen: list[pd.DataFrame] = field(default_factory=list)

    def see(self, judged: pd.DataFrame) -> None:
        """judged: rows as `judge` returns them, with the row of the extraction in the column `row`."""
        has_change = (judged["error"] > 0) & judged["value"].notna() & judged["previous"].notna()
        columns = ["row", "indicator_id", "round_id", "value", "previous", "error"]
        self._seen.append(judged.loc[has_change, columns])

    def run(self) -> Iterator[Message]:
        seen = [rows for rows in self._seen if len(rows)]
        if not seen:
            return
        rows = pd.concat(seen, ignore_index=True)
        rows["change"] = rows["value"] - rows["previous"]
        changes = rows.groupby(["indicator_id", "round_id"])["change"]
        rows["median"] = changes.transform("median")
        is_far = (rows["change"] - rows["median"]).abs() > MOST_LIKELY * rows["error"]
        unlikely = rows[is_far & (changes.transform("size") >= FEWEST_PUPILS)].sort_values("row")
        for column in self.draft.extraction.columns:
            yield from self._of_column(column, unlikely)

    def _of_column(self, column: ValueColumn, unlikely: pd.DataFrame) -> Iterator[Message]:
        indicator = self.draft.indicators.get(column.indicator)
        round_ = self.draft.rounds.get(header_key(column.round))
        if indicator is None or round_ is None:
            return
        of_column = (unlikely["indicator_id"] == indicator.pk) & (unlikely["round_id"] == round_.pk)
        jumps = unlikely[of_column].set_index("row")
        is_protected = np.array([self._is_protected(at) for at in jumps.index], dtype=bool)
        unit = f"\N{NO-BREAK SPACE}{indicator.scale.unit}" if indicator.scale.unit else ""
        extraction, rows, said = self.draft.extraction, jumps.index.to_numpy(), {"indicator": indicator.name}

        def change(at: int) -> dict[str, str]:
            previous, median = int(jumps["previous"][at]), round(jumps["median"][at])
            sign = "+" if median > 0 else ""
            return {
                "previous": format_value(previous, indicator.scale, with_unit=True),
                "median": f"{sign}{format_number(median)}{unit}",
            }

        yield from tell(extraction, UNLIKELY_JUMP, rows[~is_protected], column, said, change)
        yield from tell(extraction, UNLIKELY_JUMP_PROTECTED, rows[is_protected], column, said)

    def _is_protected(self, at: int) -> bool:
        known = self.draft.matches[at].known
        return known is not None and known.is_protected
