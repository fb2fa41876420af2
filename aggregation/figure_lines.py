"""Every figure of a unit map as a number of its own, a line per unit and indicator: to be filtered and counted with.

What is shown of several units together stands once, on a line of the pool, so that nothing is counted twice; its units
say in the place of their numbers that they are in a pool, and with whom at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.roles import Tier
from colourmaps.cells import MOVEMENT_WORDS, WORDS, State
from colourmaps.classification import Movement
from colourmaps.exporting.csv_file import Field
from colourmaps.models import Indicator

from .disclosure import Part
from .shares import Pool, Share, UnitMap
from .wording import count_of, names_of, rule_words, together_with

# Unit, kind and indicator stand before the counts, the remark after them.
FIRST_COUNT = 4
SEGMENTS = (State.RED, State.YELLOW, State.GREEN)
WAYS = (Movement.BETTER, Movement.STILL, Movement.WORSE)
PARTS = (Part.COVERAGE, Part.COLOURS, Part.MOVEMENT)


def heads_of_figures(tier: Tier | None) -> list[str]:
    colours = [str(WORDS[state]) for state in SEGMENTS]
    moves = [str(MOVEMENT_WORDS[way]) for way in WAYS]
    counts = [str(WORDS[State.MISSING]), _("measured"), *colours, _("without limits"), *moves]
    if tier is Tier.BOARD:
        percents = [f"{word}, %" for word in (*colours, *moves)]
        counts = [_("measured of those due, %"), _("pupils with a colour"), *percents]
    elif tier is None:
        counts += [_("measured for the first time"), _("measured last time and not now")]
    return [_("Unit"), _("Kind"), _("Indicator"), *counts, _("Remark")]


def lines_of_figures(figures: UnitMap) -> Iterator[list[Field]]:
    """Units first, then the pools. A unit and indicator with nothing due has no line."""
    for row in figures.rows:
        for indicator, share in zip(figures.indicators, row.shares, strict=True):
            if state_of_share(share) is not State.NOT_DUE:
                counts = [field for part in PARTS for field in _fields(share, part, None)]
                if figures.tier is None:
                    counts += [share.joined, share.left]
                remark = remark_of(share, row.unit)
                yield [row.unit.name, row.unit.kind.name, indicator.name, *counts, remark]
    yield from _lines_of_pools(figures)


def _lines_of_pools(figures: UnitMap) -> Iterator[list[Field]]:
    shown: dict[tuple[Pool, int], tuple[Indicator, Share]] = {}
    for row in figures.rows:
        for indicator, share in zip(figures.indicators, row.shares, strict=True):
            for pool in share.pools.values():
                shown.setdefault((pool, indicator.pk), (indicator, share))
    for (pool, _indicator_id), (indicator, share) in shown.items():
        counts = [field for part in PARTS for field in _fields(share, part, pool)]
        yield [names_of(pool.members), count_of(pool), indicator.name, *counts, None]


def _fields(share: Share, part: Part, pool: Pool | None) -> Sequence[Field]:
    """The numbers of a part where it is shown of the pool, or without one of the unit alone; else a word or nothing."""
    numbers = _percents_of(share, part) if share.percents is not None else _counts_of(share, part)
    if pool is not None:
        return numbers if share.pools.get(part) == pool else [None] * len(numbers)
    if part in share.hidden_by:
        return [str(WORDS[State.HIDDEN])] * len(numbers)
    is_in_pool = part in share.pools or (part is Part.COVERAGE and numbers == [None])
    return [_("together")] * len(numbers) if is_in_pool else numbers


def _counts_of(share: Share, part: Part) -> Sequence[Field]:
    if part is Part.COVERAGE:
        return [share.missing]
    if part is Part.MOVEMENT:
        return list(share.moves) if share.moves is not None else [None] * 3
    if share.colours is None:
        return [None] * 5
    green, yellow, red, uncoloured = share.colours
    return [share.measured, red, yellow, green, uncoloured]


def _percents_of(share: Share, part: Part) -> Sequence[Field]:
    percents = share.percents
    if percents is None:
        return []
    if part is Part.COVERAGE:
        return [percents.measured]
    if part is Part.MOVEMENT:
        return list(percents.moves) if percents.moves is not None else [None] * 3
    green, yellow, red, _uncoloured = percents.colours
    return [percents.base, red, yellow, green]


def state_of_share(share: Share) -> State | None:
    """Why there are no numbers of colours; None where there are."""
    if Part.COLOURS in share.hidden_by:
        return State.HIDDEN
    if share.percents is not None:
        return None
    if share.colours is None:
        return State.NOT_DUE
    return None if share.measured else State.MISSING


def segments_of(share: Share) -> Sequence[int]:
    """Red, yellow and green, as the segments of the page's bar: counts, or for the board per cent."""
    colours = share.percents.colours if share.percents is not None else share.colours
    return (colours.red, colours.yellow, colours.green) if colours else ()


def remark_of(share: Share, unit: Unit) -> str:
    """By which rules something is hidden, and with whom the unit is shown together."""
    parts = {share.pools[part]: part for part in reversed(list(Part)) if part in share.pools}
    together = [together_with(share, part, unit.pk) for part in parts.values()]
    hidden = [rule_words(part, share.hidden_by[part]) for part in Part if part in share.hidden_by]
    return "; ".join([*together, *hidden])
