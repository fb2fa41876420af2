"""The foot of a unit map: for each indicator, in how few of the units below half of the red is.

It is reckoned from what the reader is shown on the map, and so tells nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Unit

from ..disclosure import Part
from ..shares import Share, UnitMap
from .blocks import blocks_of
from .concentration import SMALLEST_RED, concentration_of, holders_of
from .sentences import concentration_words


@dataclass(frozen=True)
class RedFoot:
    """short: "in 3 of 14", or that it is spread; empty where nothing can be said. words: the sentence, or why not.

    is_in_few: clearly fewer units than have half of the pupils. is_first: a new area of indicators begins.
    """

    short: str
    words: str
    is_in_few: bool
    is_first: bool


def red_row(figures: UnitMap, firsts: Sequence[bool]) -> list[RedFoot]:
    """One per indicator; none at all where no indicator's red can be told of."""
    columns = zip(*(row.shares for row in figures.children), strict=True)
    units = [row.unit for row in figures.children]
    feet = [_foot(units, shares, is_first) for shares, is_first in zip(columns, firsts, strict=False)]
    return feet if any(foot.short for foot in feet) else []


def _foot(units: Sequence[Unit], shares: Sequence[Share], is_first: bool) -> RedFoot:
    holders = holders_of(blocks_of(zip(units, shares, strict=True), Part.COLOURS))
    if holders is None:
        return RedFoot("", _("Not told: the red of some units is not shown by itself."), False, is_first)
    concentration = concentration_of(holders)
    if concentration is None:
        few = _("Not told: fewer than %(n)s red, or only one unit.") % {"n": SMALLEST_RED}
        return RedFoot("", few, False, is_first)
    words = concentration_words(concentration, units)
    if not concentration.is_in_few:
        return RedFoot(_("spread"), words, False, is_first)
    numbers = {"n": concentration.n_holding, "of": concentration.n_units}
    return RedFoot(_("in %(n)s of %(of)s") % numbers, words, True, is_first)
