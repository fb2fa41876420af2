"""What the reader has chosen to see, as it stands in the address: round, which pupils, which area of indicators.

The choices go along when the reader drills down. One part of the pupils at a time: girls of year 4 would be a table
of its own, and smaller than most of what may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from colourmaps.maps import ChosenMap
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound
from pupils.models import PupilGroup

from ..shares import UnitMap, UnitRow
from ..slice_choices import SliceChoice, names_of_slices, slice_of_word, slice_word
from ..slices import ALL, ALL_PUPILS, BY_SEX, BY_YEAR_GROUP, Split, slice_of_group, split_of

AREAS = tuple(IndicatorArea.values)
# What an address says as `tree` for a round that is over and read in today's organisation.
NOW = "now"


@dataclass(frozen=True)
class Choice:
    """An option of a select. value: as it stands in the address; empty for what is shown without a choice."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """Options under a heading."""

    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Filters:
    """round: the one that is shown. slice: which pupils. area: of IndicatorArea, empty for all of them.

    is_now: a round that is over is read in today's organisation, and not in the one that it was counted in.
    map: whose columns are shown; None for all indicators.
    """

    round: MeasurementRound
    slice: int = ALL_PUPILS
    area: str = ""
    is_now: bool = False
    map: ChosenMap | None = None

    @cached_property
    def query(self) -> str:
        """The choices as the query of an address, without the question mark; the round is always named."""
        chosen = {"round": self.round.key}
        if self.slice != ALL_PUPILS:
            chosen["pupils"] = slice_word(self.slice)
        if self.area:
            chosen["area"] = self.area
        if self.is_now:
            chosen["tree"] = NOW
        if self.map:
            chosen["map"] = self.map.key
        return urlencode(chosen)

    @property
    def for_all_pupils(self) -> Filters:
        return replace(self, slice=ALL_PUPILS)

    @property
    def as_then(self) -> Filters:
        return replace(self, is_now=False)

    @property
    def as_now(self) -> Filters:
        return replace(self, is_now=True)

    @property
    def of_class(self) -> Filters:
        """What of the choices a class map has, too."""
        return Filters(self.round, map=self.map)

    def shows(self, indicator: Indicator) -> bool:
        is_of_area = not self.area or indicator.area == self.area
        return is_of_area and (self.map is None or self.map.shows(indicator))

    def order_of(self, indicators: Sequence[Indicator]) -> list[int]:
        """Where the columns that are shown stand among the indicators, in the order in which they are shown."""
        order = self.map.order_of(indicators) if self.map else range(len(indicators))
        return [at for at in order if self.shows(indicators[at])]


def filters_of(query: Mapping[str, str], round_: MeasurementRound, map_: ChosenMap | None = None) -> Filters:
    """What a query chooses. What the municipality does not have is as if nothing had been chosen."""
    area, word = query.get("area", ""), query.get("pupils", "")
    slice_ = slice_of_word(word) if word else None
    return Filters(round_, slice_ or ALL_PUPILS, area if area in AREAS else "", map=map_)


def narrowed(figures: UnitMap, filters: Filters) -> UnitMap:
    """The columns of a map that belong to the chosen area and the chosen map of the municipality, in its order."""
    if not filters.area and filters.map is None:
        return figures
    order = filters.order_of(figures.indicators)

    def row_of(row: UnitRow) -> UnitRow:
        return UnitRow(row.unit, [row.shares[at] for at in order])

    return replace(
        figures,
        indicators=[figures.indicators[at] for at in order],
        own=row_of(figures.own),
        children=[row_of(child) for child in figures.children],
    )


def pupils_to_choose(filters: Filters, choices: Sequence[SliceChoice]) -> list[Group]:
    """The options of "which pupils", by kind; one that is chosen and has no figures here is among them.

    choices: of which there are figures that the reader may see.
    """
    by_heading: dict[str, list[Choice]] = {}
    for choice in [*choices, *_chosen_without_figures(filters, choices)]:
        word = "" if choice.number == ALL_PUPILS else choice.word
        option = Choice(word, capitalised(choice.name), choice.number == filters.slice)
        by_heading.setdefault(_heading_of(split_of(choice.number)), []).append(option)
    return [Group(heading, options) for heading, options in by_heading.items()]


def _chosen_without_figures(filters: Filters, choices: Sequence[SliceChoice]) -> list[SliceChoice]:
    number = filters.slice
    if number in {choice.number for choice in choices}:
        return []
    return [SliceChoice(number, slice_word(number), pupils_name(number, filters.round))]


def _heading_of(split: Split) -> str:
    headings = {ALL: "", BY_YEAR_GROUP: _("Year group"), BY_SEX: _("Girls and boys")}
    return headings.get(split, _("Registered group"))


def splits_without_figures(choices: Sequence[SliceChoice], groups: Sequence[PupilGroup]) -> list[str]:
    """The names of the divisions that the municipality has and of which no part is among the choices."""
    there = {split_of(choice.number) for choice in choices}
    names = {BY_YEAR_GROUP: _("year group"), BY_SEX: _("girls and boys")}
    names |= {split_of(slice_of_group(group.pk)): group.name for group in groups}
    return [name for split, name in names.items() if split not in there]


def pupils_name(number: int, round_: MeasurementRound) -> str:
    """What a page calls the pupils of a slice, with a capital letter; empty if they have no figures any more."""
    return capitalised(names_of_slices([number], round_).get(number, ""))


def capitalised(name: str) -> str:
    return name[:1].upper() + name[1:]


def areas_to_choose(filters: Filters, indicators: Sequence[Indicator]) -> list[Choice]:
    """The areas that any of the indicators belongs to, and the one that is chosen already."""
    used = {indicator.area for indicator in indicators} | {filters.area}
    return [
        Choice("", _("All areas"), not filters.area),
        *(
            Choice(area, str(IndicatorArea(area).label).capitalize(), area == filters.area)
            for area in AREAS
            if area in used
        ),
    ]
