"""What the reader has chosen to see, as it stands in the address: round, which pupils, which area of indicators.

The choices go along when the reader drills down. One part of the pupils at a time: girls of year 4 would be a table
of its own, and smaller than most of what may be shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import subtree_ids
from accounts.roles import Tier
from accounts.tenancy import current_municipality
from colourmaps.models import Indicator, IndicatorArea, MeasurementRound
from pupils.models import Sex

from ..released import shown_releases
from ..shares import UnitMap, UnitRow
from ..slices import (
    ALL_PUPILS,
    BY_SEX,
    BY_YEAR_GROUP,
    SLICE_OF_SEX,
    Split,
    slice_name,
    slice_of_group,
    slice_of_year_group,
    slice_word,
    split_of,
    summed_groups,
)

AREAS = tuple(IndicatorArea.values)


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
    """round: the one that is shown. slice: which pupils. area: of IndicatorArea, empty for all of them."""

    round: MeasurementRound
    slice: int = ALL_PUPILS
    area: str = ""

    @property
    def query(self) -> str:
        """The choices as the query of an address, without the question mark; the round is always named."""
        chosen = {"round": self.round.key}
        if self.slice != ALL_PUPILS:
            chosen["pupils"] = slice_word(self.slice)
        if self.area:
            chosen["area"] = self.area
        return urlencode(chosen)

    @property
    def for_all_pupils(self) -> Filters:
        return replace(self, slice=ALL_PUPILS)

    def shows(self, indicator: Indicator) -> bool:
        return not self.area or indicator.area == self.area


def filters_of(query: Mapping[str, str], round_: MeasurementRound, slices: Collection[int]) -> Filters:
    """What a query chooses. What is not among the choices is as if nothing had been chosen.

    slices: which can be chosen, besides all pupils.
    """
    slice_of_word = {slice_word(number): number for number in slices}
    slice_, area = slice_of_word.get(query.get("pupils", ""), ALL_PUPILS), query.get("area", "")
    return Filters(round_, slice_, area if area in AREAS else "")


def narrowed(figures: UnitMap, filters: Filters) -> UnitMap:
    """The columns of a map that belong to the chosen area."""
    if not filters.area:
        return figures
    shown = [filters.shows(indicator) for indicator in figures.indicators]

    def row_of(row: UnitRow) -> UnitRow:
        return UnitRow(row.unit, list(compress(row.shares, shown)))

    return replace(
        figures,
        indicators=list(compress(figures.indicators, shown)),
        own=row_of(figures.own),
        children=[row_of(child) for child in figures.children],
    )


def slices_to_choose(unit: Unit, round_: MeasurementRound) -> list[int]:
    """The year groups that have classes below the unit, the sexes, and the registered groups with sums of their own.

    The same whether there is anybody in them: that nobody or somebody is would be told of the few.
    """
    below = subtree_ids([unit.pk], unit.nearest_day(round_.counted_on))
    classes = Unit.objects.filter(pk__in=below, year_group__isnull=False)
    year_groups = classes.values_list("year_group", flat=True).distinct()
    return [
        *(slice_of_year_group(year_group) for year_group in sorted(year_groups)),
        SLICE_OF_SEX[Sex.FEMALE.value],
        SLICE_OF_SEX[Sex.MALE.value],
        *(slice_of_group(group.pk) for group in summed_groups()),
    ]


def released_splits(round_: MeasurementRound, tier: Tier) -> set[Split]:
    """The splits of which a reader who sees no pupils is shown anything in the round."""
    shown = shown_releases([round_], tier)
    return {Split(code) for code in shown.values_list("split", flat=True).distinct()}


def pupils_to_choose(
    filters: Filters, slices: Sequence[int], released: Collection[Split] | None
) -> list[Group]:
    """The options of "which pupils", by kind. released: None where the reader sees the pupils, and so every split."""
    headings = {BY_YEAR_GROUP: _("Year group"), BY_SEX: _("Girls and boys")}
    by_heading: dict[str, list[Choice]] = {"": [Choice("", _("All pupils"), filters.slice == ALL_PUPILS)]}
    for number in slices:
        split = split_of(number)
        label = pupils_name(number, filters.round)
        if released is not None and split not in released:
            label = _("%(pupils)s (not released)") % {"pupils": label}
        choice = Choice(slice_word(number), label, filters.slice == number)
        by_heading.setdefault(headings.get(split, _("Registered group")), []).append(choice)
    return [Group(heading, choices) for heading, choices in by_heading.items()]


def pupils_name(number: int, round_: MeasurementRound) -> str:
    """What a page calls the pupils of a slice, with a capital letter."""
    name = slice_name(number, country=current_municipality().country, on=round_.counted_on)
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
