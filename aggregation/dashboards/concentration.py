"""Whether the red sits in a few units: "3 of 14 classes hold at least half of the red". Pure: no database.

The question of leaders is where to go, so the fewest units that together hold half of it are named, and how many of
all pupils these have: fourteen classes of the same size of which seven hold half is an even spread. Where chance alone
would make as uneven a picture, that is said instead, by Pearson's chi-square test of the same share of red in every
unit. Pearson, K. (1900), "On the criterion that a given system of deviations from the probable in the case of a
correlated system of variables ...", Philosophical Magazine 50, 157-175.

Works on what a reader is shown. Units that are shown together count as one thing, since more is not known of them; if
the red of any unit is not shown at all, nothing can be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import chdtrc

from ..disclosure import Part
from .blocks import Block

# Fewer red are always in few units.
SMALLEST_RED = 10
# The risk of calling a spread uneven that chance made.
LEVEL = 0.01
# How much larger than the share of the pupils the share of the red must be to be worth a sentence.
SMALLEST_RATIO = 1.5


class Holder(NamedTuple):
    """One unit, or several that are shown as one sum. units: their ids; coloured: pupils with a colour."""

    units: tuple[int, ...]
    red: int
    coloured: int


class Concentration(NamedTuple):
    """holding: the fewest that together hold at least half of the red, the one with most first.

    n_units: of all; red_share, pupil_share: of the holding ones, of all red and of all coloured, 0–1.
    is_chance: chance alone would make as uneven a picture.
    """

    holding: tuple[Holder, ...]
    n_units: int
    red: int
    red_share: float
    pupil_share: float
    is_chance: bool

    @property
    def n_holding(self) -> int:
        """Units that hold half."""
        return sum(len(holder.units) for holder in self.holding)

    @property
    def is_in_few(self) -> bool:
        """Whether those hold clearly more of the red than of the pupils, and more than chance explains."""
        return not self.is_chance and self.red_share >= SMALLEST_RATIO * self.pupil_share


def holders_of(blocks: Sequence[Block]) -> list[Holder] | None:
    """Who holds how much; None if the counts of any are not shown, or only together with those of units elsewhere."""
    if not all(_is_told(block) for block in blocks):
        return None
    return [
        Holder(tuple(unit.pk for unit in block.units), colours.red, sum(colours[:3]))
        for block in blocks
        if (colours := block.share.colours)
    ]


def _is_told(block: Block) -> bool:
    is_counted = Part.COLOURS not in block.share.hidden_by and block.share.percents is None
    return is_counted and block.is_whole


def concentration_of(holders: Sequence[Holder]) -> Concentration | None:
    """Where half of the red is; None if there is too little red, or only one unit, to say anything."""
    red, coloured = sum(holder.red for holder in holders), sum(holder.coloured for holder in holders)
    if len(holders) < 2 or red < SMALLEST_RED:
        return None
    holding = _holding_half(holders, red)
    return Concentration(
        holding,
        n_units=sum(len(holder.units) for holder in holders),
        red=red,
        red_share=sum(holder.red for holder in holding) / red,
        pupil_share=sum(holder.coloured for holder in holding) / coloured,
        is_chance=chance_of(holders) >= LEVEL,
    )


def _holding_half(holders: Sequence[Holder], red: int) -> tuple[Holder, ...]:
    """Of those with equally many red the smaller first, then by id: the same answer whatever the order."""
    holding: list[Holder] = []
    held = 0
    for holder in sorted(holders, key=lambda holder: (-holder.red, holder.coloured, holder.units)):
        if 2 * held >= red:
            break
        holding.append(holder)
        held += holder.red
    return tuple(holding)


def chance_of(holders: Sequence[Holder]) -> float:
    """The probability of so uneven a spread, or a more uneven one, if every pupil were as likely to be red; 0–1."""
    judged = [holder for holder in holders if holder.coloured]
    share = sum(holder.red for holder in judged) / sum(holder.coloured for holder in judged)
    if len(judged) < 2 or share in (0, 1):
        return 1.0
    distance = sum((holder.red - holder.coloured * share) ** 2 / holder.coloured for holder in judged)
    return float(chdtrc(len(judged) - 1, distance / (share * (1 - share))))
