"""The rows of an indicator's page: first how many moved since their own last value, then how it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Unit
from colourmaps.cells import WORDS, State

from ..disclosure import Part
from ..figure_lines import state_of_share
from ..shares import Share
from ..wording import names_of, rule_words
from .bars import Segment, colour_bar, draw_bar, movement_bar
from .blocks import Block, blocks_of
from .indicator_figures import IndicatorFigures, Newcomers
from .sentences import context_words


@dataclass(frozen=True)
class RowUnit:
    """address: of the unit's page of the indicator; empty for the unit whose page this is."""

    unit: Unit
    address: str


@dataclass(frozen=True)
class Row:
    """One unit, or several that are shown together or hidden by the same rule.

    with_others: the names of further ones in the sum that are not in the list. bar: empty where there are no numbers;
    words then say why, otherwise they say the numbers of the bar.
    """

    units: Sequence[RowUnit]
    with_others: str
    bar: Sequence[Segment]
    words: str
    is_own: bool

    @property
    def drawing(self) -> SafeString:
        return draw_bar(self.bar)

    @property
    def is_pool(self) -> bool:
        return bool(self.bar) and (len(self.units) > 1 or bool(self.with_others))


@dataclass(frozen=True)
class MovementRow(Row):
    """of: "of 90 measured both times". newcomers: where the reader sees the pupils and the row is of one unit."""

    of: str
    newcomers: Newcomers | None


@dataclass(frozen=True)
class LevelRow(Row):
    """state: the class by which a cell without numbers is drawn. coverage: "86 of 90", or what is told of it.

    covered: the share measured of those due in per cent, None where it is not told. contexts: a line about each unit.
    """

    state: str
    coverage: str
    covered: int | None
    contexts: Sequence[str]

    @property
    def drawing(self) -> SafeString:
        return draw_bar(self.bar, self.covered)


# The address of a unit's page with the choices kept; empty for the page's own unit.
AddressOf = Callable[[Unit], str]


def movement_rows(
    figures: IndicatorFigures, units: Sequence[Unit], address_of: AddressOf
) -> list[MovementRow]:
    """The first of the units by itself, then the others; only where something is due."""
    return [_movement_row(block, figures, address_of) for block in _due_blocks(figures, units, Part.MOVEMENT)]


def level_rows(figures: IndicatorFigures, units: Sequence[Unit], address_of: AddressOf) -> list[LevelRow]:
    return [_level_row(block, figures, address_of) for block in _due_blocks(figures, units, Part.COLOURS)]


def _due_blocks(figures: IndicatorFigures, units: Sequence[Unit], part: Part) -> list[Block]:
    first, others = units[:1], units[1:]
    blocks = [*blocks_of(figures.shares(first), part), *blocks_of(figures.shares(others), part)]
    return [block for block in blocks if state_of_share(block.share) is not State.NOT_DUE]


def _units_of(block: Block, address_of: AddressOf) -> list[RowUnit]:
    return [RowUnit(unit, address_of(unit)) for unit in block.units]


def _with_others(block: Block) -> str:
    if block.pool is None or block.is_whole:
        return ""
    listed = {unit.pk for unit in block.units}
    return names_of(
        [member for member in block.pool.members if member.unit_id not in listed or member.is_rest]
    )


def _movement_row(block: Block, figures: IndicatorFigures, address_of: AddressOf) -> MovementRow:
    share = block.share
    moves = share.percents.moves if share.percents else share.moves
    newcomers = figures.newcomers.get(block.units[0].pk) if block.pool is None else None
    words, of = _movement_words(share)
    return MovementRow(
        _units_of(block, address_of),
        _with_others(block),
        movement_bar(moves, "%" if share.percents else "") if moves and sum(moves) else [],
        words,
        figures.unit in block.units,
        of,
        newcomers,
    )


def _movement_words(share: Share) -> tuple[str, str]:
    """The movement in words, and of how many."""
    if Part.MOVEMENT in share.hidden_by:
        return rule_words(Part.MOVEMENT, share.hidden_by[Part.MOVEMENT]), ""
    if share.percents is not None and share.percents.moves is not None:
        words = _("about %(up)s %% better, %(still)s %% unchanged, %(down)s %% worse")
        return words % share.percents.moves._asdict(), ""
    if share.moves is None or not sum(share.moves):
        return _("nobody has an earlier value of their own to compare with"), ""
    words = _("%(up)s better, %(still)s unchanged, %(down)s worse") % share.moves._asdict()
    return words, _("of %(paired)s measured both times") % {"paired": sum(share.moves)}


def _level_row(block: Block, figures: IndicatorFigures, address_of: AddressOf) -> LevelRow:
    share = block.share
    colours = share.percents.colours if share.percents else share.colours
    state = state_of_share(share)
    return LevelRow(
        _units_of(block, address_of),
        _with_others(block),
        colour_bar(colours, "%" if share.percents else "") if colours and state is None else [],
        _level_words(share, state),
        figures.unit in block.units,
        state.value if state else "",
        _coverage(share),
        _covered(share),
        _contexts(block, figures),
    )


def _contexts(block: Block, figures: IndicatorFigures) -> list[str]:
    """What each unit is like, in a line; with its name where there are several."""
    lines = []
    for unit in block.units:
        facts = " · ".join(context_words(figures.contexts[unit.pk], unit, figures.round))
        lines.append(f"{unit.name}: {facts}" if facts and len(block.units) > 1 else facts)
    return [line for line in lines if line]


def _level_words(share: Share, state: State | None) -> str:
    if state is State.HIDDEN:
        return rule_words(Part.COLOURS, share.hidden_by[Part.COLOURS])
    if state is not None:
        return str(WORDS[state])
    if share.percents is not None:
        words = _("about %(red)s %% intervention needed, %(yellow)s %% passed, %(green)s %% good result")
        return words % share.percents.colours._asdict()
    if share.colours is None:
        return ""
    words = _("%(red)s intervention needed, %(yellow)s passed, %(green)s good result")
    return words % share.colours._asdict()


def _coverage(share: Share) -> str:
    """How many were measured of those due, as far as it is told."""
    if share.percents is not None:
        if share.percents.measured is None:
            return ""
        return _("about %(percent)s %% of those due") % {"percent": share.percents.measured}
    if share.colours is None:
        return ""
    if share.due is not None:
        return _("%(measured)s of %(due)s") % {"measured": share.measured, "due": share.due}
    if Part.COVERAGE in share.hidden_by:
        return _("%(measured)s; how few are missing is hidden") % {"measured": share.measured}
    return _("%(measured)s; how many are missing is shown together with other units") % {
        "measured": share.measured
    }


def _covered(share: Share) -> int | None:
    if share.percents is not None:
        return share.percents.measured
    return round(100 * min(1, share.measured / share.due)) if share.due else None
