"""The map as a meeting saw it: a year later still the same."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires_somewhere
from aggregation.map_page import map_context
from aggregation.own_limits import in_words
from colourmaps.as_of_choice import as_of_in_words
from colourmaps.drawing import first_of_area
from colourmaps.drawing_around import draw_heads
from colourmaps.grid import Grid
from colourmaps.map_page import Link, grid_context, heads_of_columns
from colourmaps.presentation import ColumnHead

from ..meetings.entering import find_meeting
from ..meetings.kept_map import KeptMap
from ..meetings.picture import Picture, picture_of
from ..models import AnalysisMeeting


@requires_somewhere(Permission.MEET)
@require_GET
def meeting_picture(request: MunicipalityRequest, key: str) -> HttpResponse:
    """What the meeting saw: of units, of one of its classes (?class=), or of all of them together."""
    meeting = find_meeting(request, key)
    picture = picture_of(meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "heading": _("The map as the meeting saw it"),
        "facts": [meeting.kind.name, picture.unit.name if picture else meeting.unit.name],
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    if picture is None:
        return render(request, "interventions/meeting_picture.html", context)
    chosen = _chosen_class(request, picture)
    context |= {
        "when": as_of_in_words(picture.as_of),
        "round": picture.round,
        "parts": _parts(request.path, picture, chosen),
    }
    if picture.units is not None and chosen is None:
        context |= _context_of_units(request.path, meeting, picture, picture.units)
    elif picture.classes:
        context |= _context_of_pupils(request, meeting, picture, chosen)
    return render(request, "interventions/meeting_picture.html", context)


def _chosen_class(request: MunicipalityRequest, picture: Picture) -> Unit | None:
    """Raises Http404 for one that the meeting did not see."""
    key = request.GET.get("class")
    chosen = next((each for each in picture.classes if each.key == key), None)
    if key and chosen is None:
        raise Http404
    return chosen


def _parts(path: str, picture: Picture, chosen: Unit | None) -> list[tuple[Link, bool]]:
    """Each part of the picture, and whether it is the one that is shown; none where there is only one."""
    parts = [(Link(each.name, _of_class(path, each)), each == chosen) for each in picture.classes]
    if picture.units is not None:
        parts.insert(0, (Link(picture.units.figures.unit.name, path), chosen is None))
    elif len(parts) > 1:
        parts.insert(0, (Link(_("All classes"), path), chosen is None))
    return parts if len(parts) > 1 else []


def _of_class(path: str, school_class: Unit) -> str:
    return f"{path}?class={school_class.key}"


def _context_of_units(path: str, meeting: AnalysisMeeting, picture: Picture, kept: KeptMap) -> dict[str, Any]:
    """For templates/aggregation/unit_map_part.html. Of a school the classes lead to their own part of the picture."""
    figures, classes = kept.figures, {each.pk for each in picture.classes}
    heads = [
        ColumnHead("", each.name, each.unit, "", is_first)
        for each, is_first in zip(figures.indicators, first_of_area(figures.indicators), strict=True)
    ]
    addresses = [_of_class(path, row.unit) if row.unit.pk in classes else "" for row in figures.children]
    found = map_context(figures, heads, addresses)
    return found | {
        "facts": [meeting.kind.name, figures.unit.name, *found["facts"]],
        "caption": figures.unit.name,
        "was_waiting": kept.was_waiting,
        "own_limits": in_words(kept.own_limits, figures.unit, figures.indicators),
    }


def _context_of_pupils(
    request: MunicipalityRequest, meeting: AnalysisMeeting, picture: Picture, chosen: Unit | None
) -> dict[str, Any]:
    """For templates/colourmaps/map_part.html; that its pupils have been seen is recorded, for each class."""
    grid = picture.grid(chosen)
    _record(request, meeting, picture, grid)
    names = ", ".join(each.name for each in ([chosen] if chosen else picture.classes))
    caption = _("Class %(name)s") % {"name": names}
    context = grid_context(request, grid, of_class=_only_class(picture, chosen), as_of=picture.as_of)
    heads = heads_of_columns(grid, "", None)  # the limits on this page: a column's own page is of now
    return context | {
        "heads": heads,
        "drawn_heads": draw_heads(heads),
        "caption": caption,
        "facts": [meeting.kind.name, caption, *context["facts"]],
    }


def _only_class(picture: Picture, chosen: Unit | None) -> Unit | None:
    return chosen or (picture.classes[0] if len(picture.classes) == 1 else None)


def _record(request: MunicipalityRequest, meeting: AnalysisMeeting, picture: Picture, grid: Grid) -> None:
    """Once for each class that is shown."""
    for school_class in picture.classes:
        pupils = [row.pupil.pk for row in grid.rows if row.school_class == school_class]
        if pupils:
            record(
                "meeting picture seen",
                by=request.user,
                unit=school_class,
                subject=meeting.key,
                pupils=pupils,
                round=picture.round.key,
                as_of=picture.as_of.moment.isoformat(),
            )
