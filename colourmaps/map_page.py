"""What the pages with a map of pupils have in common: the grid with heads and feet, its order, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Sight
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, address_of_page
from pupils.school_years import year_group_name

from .as_of import AsOf
from .drawing import draw_rows, first_of_area
from .drawing_around import draw_heads, draw_limits, draw_options
from .grid import Grid, Row
from .models import MeasurementRound
from .ordering import by_name, choices_of, chosen_order, in_order
from .presentation import (
    ColumnHead,
    areas_of,
    days_measured,
    facts_of,
    legend_of,
    limits_of,
    own_limits_in_words,
    summaries_of,
    uncounted_in_words,
)


class Link(NamedTuple):
    label: str
    url: str


def grid_context(
    request: MunicipalityRequest, grid: Grid, *, of_class: Unit | None, as_of: AsOf | None = None
) -> dict[str, Any]:
    """The map with everything around it, in the order that ?sort= asks for.

    of_class: whose map it is; None for a map of several classes, whose rows say of which each is.
    as_of: the day whose picture it is, which the addresses of pupils keep.
    """
    day = as_of.query if as_of else ""
    with_class = of_class is None
    language = get_language() or "sv"
    order = chosen_order(request.GET.get("sort"), grid, with_class=with_class)
    rows = in_order(grid, order, language)
    heads = heads_of_columns(grid, order, None if request.sight.emergency else of_class)
    limits = limits_of(grid, request.municipality.country)
    return {
        "grid": grid,
        "facts": facts_of(grid),
        "legend": legend_of(grid),
        "limits": limits,
        "drawn_limits": draw_limits(limits),
        "corner": _("Pupil"),
        "with_class": with_class,
        "areas": areas_of(grid.indicators),
        "heads": heads,
        "drawn_heads": draw_heads(heads),
        "rows": draw_rows(grid, rows, language, with_class=with_class, query=day),
        "summaries": summaries_of(grid),
        "days": days_measured(grid),
        "uncounted": uncounted_in_words(grid),
        "panel_address": panel_address(grid.round, as_of),
        "own_limits": own_limits_in_words(grid),
        "orders": draw_options(choices_of(grid, with_class=with_class), order),
    }


def heads_of_columns(grid: Grid, order: str, of_class: Unit | None) -> list[ColumnHead]:
    """In the map of a class a head leads to the column's own page; in a map of several to its limits."""
    firsts = first_of_area(grid.indicators)
    return [
        ColumnHead(
            key=column.key,
            name=column.indicator.name,
            small=column.indicator.unit,
            address=_address_of(column.key, of_class),
            is_first=is_first,
            is_sorted=column.key == order,
        )
        for column, is_first in zip(grid.columns, firsts, strict=True)
    ]


def _address_of(code: str, of_class: Unit | None) -> str:
    if of_class is None:
        return f"#limits-{code}"
    return address_of_page("colourmaps:class-indicator", of_class.key, code)


def panel_address(round_: MeasurementRound, as_of: AsOf | None = None) -> str:
    """The address of a cell's panel, with {row} and {column} for cell-panel.js to fill in."""
    address = reverse("colourmaps:cell-panel", args=["ROW", "COLUMN"])
    day = f"&{as_of.query}" if as_of else ""
    return f"{address}?round={round_.key}{day}".replace("ROW", "{row}").replace("COLUMN", "{column}")


def column_panel_address(unit: Unit) -> str:
    """The address of what the head of a column says, with {column} for cell-panel.js to fill in."""
    address = reverse("interventions:column-answers", args=[unit.key, "COLUMN"])
    return address.replace("COLUMN", "{column}")


def what_to_show(grid: Grid, chosen: str) -> dict[str, Any]:
    """The choices of a small screen: one pupil, or one indicator, instead of the whole map."""
    rows: Sequence[Row] = by_name(grid.rows, get_language() or "sv")
    return {
        "pupils": draw_options(((row.pupil.key, row.pupil.shown_name) for row in rows), chosen),
        "indicators": draw_options((column.key, column.indicator.name) for column in grid.columns),
    }


def own_classes(sight: Sight) -> list[Unit]:
    """The classes at which the person has a role today: the team, where they are several."""
    classes = [unit for unit in sight.own_units(Permission.SEE_PUPILS) if unit.is_school_class]
    return sorted(
        (unit for unit in classes if unit.is_in_force(sight.today)),
        key=lambda unit: (unit.year_group is None, unit.year_group or 0, unit.name),
    )


def links_beside(request: MunicipalityRequest, school_class: Unit, round_: MeasurementRound) -> list[Link]:
    """The larger maps that the class is part of, and the classes before and after it, for those who may see them."""
    links = []
    school = next((unit for unit in request.line if unit.level == Level.SCHOOL), None)
    sees_school = school is not None and request.sight.can_in_line(
        Permission.SEE_PUPILS, request.line[: request.line.index(school) + 1]
    )
    if school is not None and sees_school and school_class.year_group is not None:
        links.append(year_group_link(school, school_class.year_group, round_, request))
    links += classes_before_and_after(request, school_class)
    if school_class in own_classes(request.sight) and len(own_classes(request.sight)) > 1:
        links.append(Link(_("All my classes"), f"{reverse('colourmaps:team-map')}?round={round_.key}"))
    return links


def classes_before_and_after(request: MunicipalityRequest, school_class: Unit) -> list[Link]:
    """The maps of its pupils in the year before, and of a class that has ended in the class that they go to today.

    Whoever sees only the class itself does not see those, and costs no query.
    """
    above = request.line[:-1]
    if not request.sight.can_in_line(Permission.SEE_PUPILS, above):
        return []
    before = Unit.objects.filter(successor=school_class, placements__parent=above[-1]).distinct()
    links = [
        Link(_("Last year: %(name)s") % {"name": each.name}, reverse("colourmaps:class-map", args=[each.key]))
        for each in before.order_by("name")
    ]
    heir = _heir(school_class, request.sight)
    if heir is not None and request.sight.can(Permission.SEE_PUPILS, heir):
        label = _("These pupils today: %(name)s") % {"name": heir.name}
        links.append(Link(label, reverse("colourmaps:class-map", args=[heir.key])))
    return links


def _heir(school_class: Unit, sight: Sight) -> Unit | None:
    """The class in which the pupils of one that has ended are today; None if it is still there, or they have left."""
    if school_class.is_in_force(sight.today):
        return None
    heir: Unit | None = school_class
    while heir is not None and not heir.is_in_force(sight.today):
        heir = heir.successor
    return heir


def year_group_link(
    school: Unit, year_group: int, round_: MeasurementRound, request: MunicipalityRequest
) -> Link:
    """A year group of a school, as it is called on the day on which the round is counted."""
    name = year_group_name(year_group, request.municipality.country, round_.counted_on)
    address = address_of_page("colourmaps:year-group-map", school.key, year_group)
    return Link(_("All of year %(year)s") % {"year": name}, f"{address}?round={round_.key}")
