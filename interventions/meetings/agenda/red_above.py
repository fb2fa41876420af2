"""Where the red is, for a meeting above the school: from what has been released to the heads who hold it, and no more.

How many red results have no answer is a true count of small groups, which is told to nobody above the school. What the
map of the unit tells them is in which few of the units below half of the red of an indicator is
(aggregation.dashboards.concentration): those are the cases. The board is shown shares in steps, of which it tells
nothing, so its meetings get none.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.access import SightOfRole
from accounts.roles import RoleCode
from aggregation.dashboards.blocks import blocks_of
from aggregation.dashboards.concentration import concentration_of, holders_of
from aggregation.disclosure import Part
from aggregation.queries import unit_map
from aggregation.shares import UnitMap
from colourmaps.models import MeasurementRound

from ...models import AnalysisMeeting, CaseIndicator, Rung, Source
from .present import Present
from .proposed import Proposed
from .scope import Scope

READS_AS = {Rung.AREA: RoleCode.AREA_HEAD, Rung.ADMINISTRATION: RoleCode.ADMINISTRATION_HEAD}


def red_cases_above(scope: Scope, present: Present) -> list[Proposed]:
    """Of an indicator at a unit below; at the meeting's own, where small units are shown as one sum."""
    role = READS_AS.get(Rung(scope.meeting.kind.rung))
    if role is None or scope.round is None:
        return []
    unit = scope.meeting.unit
    figures = unit_map(unit, scope.round, SightOfRole(role, unit))
    handled = _handled(scope.meeting, scope.round) | present.of_units
    found = dict.fromkeys(_where_half_is(figures))
    return [
        Proposed(Source.RED, unit_id=unit_id, indicator_ids=(indicator_id,))
        for unit_id, indicator_id in found
        if (unit_id, indicator_id) not in handled
    ]


def _where_half_is(figures: UnitMap) -> Iterable[tuple[int, int]]:
    """(unit, indicator), in the order of the map."""
    for place, indicator in enumerate(figures.indicators):
        rows = [(row.unit, row.shares[place]) for row in figures.children]
        holders = holders_of(blocks_of(rows, Part.COLOURS))
        concentration = concentration_of(holders) if holders else None
        if concentration is None or not concentration.is_in_few:
            continue
        for holder in concentration.holding:
            yield holder.units[0] if len(holder.units) == 1 else figures.unit.pk, indicator.pk


def _handled(meeting: AnalysisMeeting, round_: MeasurementRound) -> set[tuple[int | None, int]]:
    """(unit, indicator) of what meetings of the kind have decided about in the round."""
    decided = CaseIndicator.objects.filter(
        case__meeting__kind=meeting.kind_id, case__meeting__unit=meeting.unit_id, case__meeting__round=round_
    ).exclude(case__outcome="")
    return set(decided.values_list("case__unit_id", "indicator_id"))
