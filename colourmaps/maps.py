"""Which map a page shows: the columns that are chosen, and in what order. A map chooses columns and nothing else.

What is hidden has been hidden before, whatever map is looked at, so that no map tells what another one does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Level, Unit
from accounts.written_reads import Columns, rows_of

from .grid import Grid
from .models import ColourMap, Indicator, MapAdoption


@dataclass(frozen=True)
class ChosenMap:
    """indicator_ids: in the map's order; area: whose other indicators come after them; left_out: codes."""

    key: str
    name: str
    indicator_ids: Sequence[int] = ()
    area: str = ""
    left_out: frozenset[str] = frozenset()

    def shows(self, indicator: Indicator) -> bool:
        is_in_it = indicator.pk in self.indicator_ids or (self.area != "" and indicator.area == self.area)
        return is_in_it and indicator.code not in self.left_out

    def order_of(self, indicators: Sequence[Indicator]) -> list[int]:
        """Where the map's columns stand among the indicators, in the map's order."""
        place = {indicator_id: n for n, indicator_id in enumerate(self.indicator_ids)}
        shown = [at for at, indicator in enumerate(indicators) if self.shows(indicator)]
        return sorted(shown, key=lambda at: place.get(indicators[at].pk, len(place)))

    def pick(self, indicators: Sequence[Indicator]) -> list[Indicator]:
        return [indicators[at] for at in self.order_of(indicators)]


class OfferedMap(NamedTuple):
    """key: empty for all indicators that are due."""

    key: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class MapChoice:
    """The maps that a page offers, and the one that is chosen; none: all indicators that are due.

    notice: why it is not the one that the address names; empty if it is.
    """

    chosen: ChosenMap | None = None
    offered: Sequence[OfferedMap] = field(default_factory=list)
    notice: str = ""

    @property
    def query(self) -> str:
        """For the end of an address that has a query already."""
        return f"&map={self.chosen.key}" if self.chosen else ""


def choose_map(key: str | None, line: Sequence[Unit]) -> MapChoice:
    """The choice at the last unit of a line: at a school and its classes the maps it uses, above it all shared ones.

    A map that is not there any more, or that the school does not use, is as if none had been chosen, with a notice.
    """
    school = next((unit for unit in line if unit.level == Level.SCHOOL), None)
    left_out = _adopted(school) if school else _shared()
    maps = sorted(left_out, key=lambda each: (each.name.casefold(), each.pk))
    colour_map = next((each for each in maps if each.key == key), None)
    offered = [OfferedMap("", _("All indicators"), colour_map is None)] if maps else []
    offered += [OfferedMap(each.key, each.name, each == colour_map) for each in maps]
    if colour_map is None:
        return MapChoice(offered=offered, notice=_notice(key, school) if key else "")
    return MapChoice(chosen_map(colour_map, left_out[colour_map]), offered)


def chosen_map(colour_map: ColourMap, left_out: Sequence[str] = ()) -> ChosenMap:
    ids = tuple(colour_map.places.values_list("indicator_id", flat=True))
    return ChosenMap(colour_map.key, colour_map.name, ids, colour_map.area, frozenset(left_out))


def indicators_of(colour_map: ColourMap) -> list[Indicator]:
    """All that belong to it, in its order, whether they are due or not."""
    return chosen_map(colour_map).pick(list(Indicator.objects.all()))


MAP, ADOPTION = Columns(ColourMap, "c"), Columns(MapAdoption, "a")
SHARED_SQL = f"""
    select {MAP.sql} from colourmaps_colourmap c
    where c.municipality_id = %(municipality)s and c.shared_at is not null
"""  # noqa: S608 – columns of our own models
ADOPTED_SQL = f"""
    select {MAP.sql}, {ADOPTION.sql}
    from colourmaps_mapadoption a join colourmaps_colourmap c on c.id = a.colour_map_id
    where a.municipality_id = %(municipality)s and a.school_id = %(school)s and c.shared_at is not null
"""  # noqa: S608 – columns of our own models


def _shared() -> dict[ColourMap, list[str]]:
    return {MAP.made_of(row): [] for row in rows_of(SHARED_SQL)}


def _adopted(school: Unit) -> dict[ColourMap, list[str]]:
    rows = rows_of(ADOPTED_SQL, school=school.pk)
    return {MAP.made_of(row): ADOPTION.made_of(row, MAP.number).left_out for row in rows}


def _notice(key: str, school: Unit | None) -> str:
    shared = ColourMap.objects.filter(key=key, shared_at__isnull=False).first() if school else None
    if shared is None:
        return _("The map that was chosen is no longer there. All indicators are shown.")
    return _("The school does not use the map “%(name)s”. All indicators are shown.") % {"name": shared.name}


def narrowed(grid: Grid, chosen: ChosenMap | None) -> Grid:
    """The map's columns of a class map, in the map's order; its counts are of them alone."""
    if chosen is None:
        return grid
    order = chosen.order_of(grid.indicators)
    return replace(
        grid,
        columns=[grid.columns[at] for at in order],
        rows=[replace(row, cells=[row.cells[at] for at in order]) for row in grid.rows],
    )
