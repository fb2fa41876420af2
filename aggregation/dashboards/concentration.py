"""Whether the red sits in a few units: "3 of 14 classes hold half of the red". Pure: no database.

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

# Fewer red are always in few units.
SMALLEST_RED = 10
# The risk of calling a spread uneven that chance made.
LEVEL = 0.01


class Part(NamedTuple):
    """One unit, or several that are shown as one sum. names: of these units; coloured: pupils with a colour."""

    names: tuple[str, ...]
    red: int
    coloured: int


class Concentration(NamedTuple):
    """holding: the fewest parts that together hold at least half of the red, the one with most first.

    n_units: of all parts; red_share, pupil_share: of the holding ones, of all red and of all coloured, 0–1.
    is_uneven: more than chance explains.
    """

    holding: tuple[Part, ...]
    n_units: int
    red: int
    red_share: float
    pupil_share: float
    is_uneven: bool

    @property
    def n_holding(self) -> int:
        """Units in the parts that hold half."""
        return sum(len(part.names) for part in self.holding)


def concentration_of(parts: Sequence[Part]) -> Concentration | None:
    """Where half of the red is; None if there is too little red, or only one part, to say anything."""
    red, coloured = sum(part.red for part in parts), sum(part.coloured for part in parts)
    if len(parts) < 2 or red < SMALLEST_RED:
        return None
    holding = _holding_half(parts, red)
    return Concentration(
        holding,
        n_units=sum(len(part.names) for part in parts),
        red=red,
        red_share=sum(part.red for part in holding) / red,
        pupil_share=sum(part.coloured for part in holding) / coloured,
        is_uneven=chance_of(parts) < LEVEL,
    )


def _holding_half(parts: Sequence[Part], red: int) -> tuple[Part, ...]:
    """Of parts with equally many red the smaller first, then by name: the same answer whatever the order."""
    holding: list[Part] = []
    held = 0
    for part in sorted(parts, key=lambda part: (-part.red, part.coloured, part.names)):
        if 2 * held >= red:
            break
        holding.append(part)
        held += part.red
    return tuple(holding)


def chance_of(parts: Sequence[Part]) -> float:
    """The probability of so uneven a spread, or a more uneven one, if every pupil were as likely to be red; 0–1."""
    judged = [part for part in parts if part.coloured]
    share = sum(part.red for part in judged) / sum(part.coloured for part in judged)
    if len(judged) < 2 or share in (0, 1):
        return 1.0
    distance = sum((part.red - part.coloured * share) ** 2 / part.coloured for part in judged)
    return float(chdtrc(len(judged) - 1, distance / (share * (1 - share))))
