"""The map of a unit in a round that is over, as its units of today would have had it; only with true figures.

Heads and the board see released figures, protected in the tree of then. Another reading of the same round would be a
second table of the same pupils: school by school the difference between the two is whoever moved, and so would have to
be protected and attacked together with every version that has been shown. It is not offered to them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence

from accounts.access import Sight
from accounts.lineage import has_changed_between
from accounts.models import Level, Unit, UnitPlacement
from accounts.roles import Permission, Tier
from colourmaps.models import Indicator, MeasurementRound

from .history import HistoryRow, Source, sums_in_todays_tree, total_of
from .history_words import nobody_in_words, sources_in_words
from .models import UnitSum
from .queries import NOT_DUE, share_of
from .shares import UnitMap, UnitRow


def has_two_readings(unit: Unit, round_: MeasurementRound, today: datetime.date) -> bool:
    """Whether the round is over, and the organisation has changed since; a unit that has ended is read then."""
    if round_.counted_on >= today or not unit.is_in_force(today) or unit.is_school_class:
        return False
    return has_changed_between(round_.counted_on, today)


def offers_now(unit: Unit, round_: MeasurementRound, tier: Tier | None, today: datetime.date) -> bool:
    """Whether the reader may choose today's organisation. tier: None for whoever sees the unit's pupils."""
    return tier is None and has_two_readings(unit, round_, today)


def map_of_now(unit: Unit, round_: MeasurementRound, sight: Sight, slice_: int) -> UnitMap:
    """For a reader who sees the unit's pupils; the caller has asked `offers_now`."""
    table = sums_in_todays_tree(unit, round_, sight.today, slice=slice_)
    children = _as_seen(table.children, round_, sight)
    used = {indicator_id for row in [table.own, *children] for indicator_id in row.counts}
    indicators = list(Indicator.objects.filter(pk__in=used))
    sources = [(row.unit.name, sources_in_words(row)) for row in [table.own, *children]]
    notes = [f"{name}: {words}." for name, words in sources if words]
    return UnitMap(
        unit,
        round_,
        indicators,
        own=_row(table.own, indicators),
        children=[_row(row, indicators) for row in children],
        slice=slice_,
        reading=[*notes, *nobody_in_words(table)],
    )


def _row(row: HistoryRow, indicators: Sequence[Indicator]) -> UnitRow:
    shares = [
        share_of(UnitSum(**row.counts[indicator.pk])) if indicator.pk in row.counts else NOT_DUE
        for indicator in indicators
    ]
    return UnitRow(row.unit, shares)


def _as_seen(rows: Sequence[HistoryRow], round_: MeasurementRound, sight: Sight) -> list[HistoryRow]:
    """Classes that were another school's are not the reader's one by one: they are one row, of that school."""
    visible = sight.visible_units(Permission.SEE_SUMS, round_.counted_on)
    unseen = {row.unit.pk: row for row in rows if row.unit.is_school_class and row.unit.pk not in visible}
    if not unseen:
        return list(rows)
    of_school: dict[Unit, list[HistoryRow]] = defaultdict(list)
    places = UnitPlacement.objects.on(round_.counted_on).filter(
        unit__in=unseen, unit__level=Level.SCHOOL_CLASS
    )
    for place in places.select_related("parent__kind").order_by("parent__name"):
        of_school[place.parent].append(unseen[place.unit_id])
    folded = [
        HistoryRow(school, total_of(row.counts for row in classes), [Source(school, len(classes))])
        for school, classes in of_school.items()
    ]
    return [*folded, *(row for row in rows if row.unit.pk not in unseen)]
