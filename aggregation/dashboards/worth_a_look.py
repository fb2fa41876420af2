"""What is worth a look at a unit: unusual change at it and below it, and indicators whose red sits in a few units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.access import Sight
from accounts.models import Unit
from accounts.queries import children_of, subtree_ids
from colourmaps.models import Indicator

from ..disclosure import Part
from ..queries import NOT_DUE
from ..wording import names_of
from .blocks import blocks_of
from .concentration import concentration_of, holders_of
from .filters import Filters
from .sentences import change_words, concentration_words
from .surroundings import Surroundings, look_for_unusual_change, surroundings_of
from .unusual_change import UnusualChange


@dataclass(frozen=True)
class Signal:
    """sign: "up" or "down", by which it is drawn. units: one name, or those that are shown together."""

    sign: str
    units: str
    indicator: Indicator
    address: str
    words: str


@dataclass(frozen=True)
class RedLine:
    """Where the red of an indicator is."""

    indicator: Indicator
    address: str
    words: str


@dataclass(frozen=True)
class WorthALook:
    """n_looked_at: pairs of unit and indicator that a signal could have told of; is_counted: the reader sees counts."""

    signals: Sequence[Signal]
    red_lines: Sequence[RedLine]
    n_looked_at: int
    is_counted: bool


# The address of what is shown of an indicator at a unit.
AddressOf = Callable[[Unit, Indicator], str]


def worth_a_look(
    line: Sequence[Unit], filters: Filters, sight: Sight, address_of: AddressOf, code: str = ""
) -> WorthALook:
    """line: of the unit, from the municipality down. The caller has asked the door for the unit itself.

    code: of the one indicator that is told of; looked at are all of them, so that the answer is the same everywhere.
    """
    surroundings = surroundings_of(line, filters.round, sight, filters.slice)
    look = look_for_unusual_change(surroundings)
    unit = line[-1]
    on = unit.nearest_day(filters.round.counted_on)
    concerned = subtree_ids([unit.pk], on)
    indicators = {
        each.pk: each for each in surroundings.indicators if filters.shows(each) and code in ("", each.code)
    }
    return WorthALook(
        [
            _signal(change, surroundings, indicators[change.indicator], address_of)
            for change in look.told
            if change.unit in concerned and change.indicator in indicators
        ],
        _red_lines(unit, surroundings, list(indicators.values()), filters, address_of),
        look.n_looked_at,
        is_counted=any(share.percents is None for share in surroundings.shares.values()),
    )


def _signal(
    change: UnusualChange, surroundings: Surroundings, indicator: Indicator, address_of: AddressOf
) -> Signal:
    unit = surroundings.units[change.unit]
    pool = surroundings.shares[change.unit, change.indicator].pools.get(Part.MOVEMENT)
    return Signal(
        "up" if change.is_for_the_better else "down",
        names_of(pool.members) if pool else unit.name,
        indicator,
        address_of(unit, indicator),
        change_words(change, unit.level),
    )


def _red_lines(
    unit: Unit,
    surroundings: Surroundings,
    indicators: Sequence[Indicator],
    filters: Filters,
    address_of: AddressOf,
) -> list[RedLine]:
    """Of the indicators whose red sits in few of the units below."""
    below = children_of(unit, unit.nearest_day(filters.round.counted_on))
    children = [child for child in below if child.pk in surroundings.units]
    lines = []
    for indicator in indicators:
        rows = [(child, surroundings.shares.get((child.pk, indicator.pk), NOT_DUE)) for child in children]
        holders = holders_of(blocks_of(rows, Part.COLOURS))
        concentration = concentration_of(holders) if holders else None
        if concentration and concentration.is_in_few:
            words = concentration_words(concentration, children)
            lines.append(RedLine(indicator, address_of(unit, indicator), words))
    return lines
