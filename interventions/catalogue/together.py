"""What came of the interventions that were adopted from an entry, added up: a sentence for each indicator.

For everybody who reads the entry, and so protected as for somebody who sees no pupils: only answers that are broad
enough are added, and the difference is rounded by what they have together (answer_protection, docs/small_groups.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from accounts.tenancy import current_municipality
from colourmaps.models import Indicator

from ..answer_protection import Seen, is_broad
from ..frozen_answer import answer_from
from ..models import CatalogueEntry, FollowUp
from ..verdict_words import sentence_of
from ..verdicts import pooled_answer

# One alone has its own page, for those who may read it.
FEWEST = 2


class Together(NamedTuple):
    """sentence: the verdict on n interventions together."""

    indicator: Indicator
    n: int
    sentence: str


def together_of(entry: CatalogueEntry) -> list[Together]:
    """By indicator, of the latest follow-ups that are broad enough, where there are two of them or more.

    An intervention that was continued is left out for the one that continues it: most of its pupils are the same.
    """
    follow_ups = FollowUp.objects.filter(intervention__entry=entry, intervention__successors__follow_ups=None)
    latest = {each.intervention_id: each for each in follow_ups.select_related("intervention__indicator")}
    base = current_municipality().smallest_base
    by_indicator: dict[Indicator, list[FollowUp]] = {}
    for each in latest.values():
        answer = answer_from(each.answer)
        if answer.moments is not None and is_broad(answer, base):
            by_indicator.setdefault(each.intervention.indicator, []).append(each)
    found = (_together(indicator, broad) for indicator, broad in by_indicator.items())
    return sorted((each for each in found if each), key=lambda each: each.indicator.position)


def _together(indicator: Indicator, broad: Sequence[FollowUp]) -> Together | None:
    answer = pooled_answer(broad) if len(broad) >= FEWEST else None
    if answer is None:
        return None
    return Together(indicator, len(broad), sentence_of(answer, indicator, Seen.VERDICT_ROUNDED))
