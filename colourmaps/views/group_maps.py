"""Maps of several classes: the own ones, and a year group of a school."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Level, Unit
from accounts.queries import root_unit, schools_of, subtree_ids
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere
from pupils.school_years import year_group_name

from ..as_of import AsOf, asked_for, classes_of
from ..as_of_choice import as_of_choice
from ..exporting.class_map import Origin, class_map_file_name, class_map_workbook
from ..exporting.downloads import FileType, file_response
from ..grid import Grid, group_grid
from ..map_page import column_panel_address, grid_context, own_classes
from ..models import MeasurementRound
from ..queries import choose_round


@dataclass(frozen=True)
class GroupMap:
    """heading: what the map is called. download: of its file.

    unanswered, heads_panel: where the row of red without an answer, and what a head says, are asked for.
    """

    grid: Grid
    rounds: Sequence[MeasurementRound]
    heading: str
    school: str
    download: str
    unanswered: str
    heads_panel: str


@requires(Permission.SEE_PUPILS)
def year_group_map(request: MunicipalityRequest, school: Unit, year_group: int) -> HttpResponse:
    """Pupils x indicators of a year group of a school, by class and name, as it stands or as it stood on a day."""
    as_of = asked_for(request.GET.get("as_of"), request.sight.today)
    found = _year_group_map(request, school, year_group, as_of=as_of)
    if found is None:
        return render(request, "colourmaps/no_round.html", {"heading": school.name})
    _record_year_group(request, "year group map seen", school, year_group, found.grid, as_of)
    return _show(
        request,
        found,
        {
            "breadcrumb": breadcrumb_of(request.sight, request.line),
            "as_of": as_of_choice(as_of, request.sight.today, request.path, {"round": found.grid.round.key}),
            "empty_title": _("No pupils in this year group"),
            "empty_text": _("Choose another round above, or another year group on the map of the school."),
        },
        as_of,
    )


@requires(Permission.SEE_PUPILS)
@limited(Limited.EXPORTS)
def year_group_map_xlsx(request: MunicipalityRequest, school: Unit, year_group: int) -> HttpResponse:
    """The map of a year group as a workbook."""
    found = _year_group_map(request, school, year_group, is_for_file=True)
    if found is None:
        raise Http404
    _record_year_group(request, "year group map downloaded", school, year_group, found.grid)
    return _file(request, found)


@requires_somewhere(Permission.SEE_PUPILS)
def team_map(request: MunicipalityRequest) -> HttpResponse:
    """Pupils x indicators of all classes at which the person has a role: a team's map for its analysis lead."""
    found = _team_map(request)
    if found is None:
        return render(request, "colourmaps/no_round.html", {"heading": _("My classes")})
    if found.grid.columns:
        _record_team(request, "team map seen", found.grid)
    return _show(
        request,
        found,
        {
            "actions": _plan_together(own_classes(request.sight)),
            "empty_title": _("No class is yours"),
            "empty_text": _(
                "Here stand the classes at which you have a role. Open a school to see its classes."
            ),
        },
    )


def _plan_together(classes: Sequence[Unit]) -> list[dict[str, Any]]:
    """A new intervention for all of them or some; who has a class decides for it."""
    if not classes:
        return []
    address = reverse("interventions:intervention-new-together")
    query = urlencode({"unit": [each.key for each in classes]}, doseq=True)
    return [
        {"label": _("Decide on an intervention"), "url": f"{address}?{query}", "kind": ""},
        {"label": _("The team's analyses"), "url": reverse("interventions:team-notes"), "kind": ""},
    ]


@requires_somewhere(Permission.SEE_PUPILS)
@limited(Limited.EXPORTS)
def team_map_xlsx(request: MunicipalityRequest) -> HttpResponse:
    """The map of the own classes as a workbook."""
    found = _team_map(request, is_for_file=True)
    if found is None:
        raise Http404
    _record_team(request, "team map downloaded", found.grid)
    return _file(request, found)


def _year_group_map(
    request: MunicipalityRequest,
    school: Unit,
    year_group: int,
    *,
    is_for_file: bool = False,
    as_of: AsOf | None = None,
) -> GroupMap | None:
    """None if no round has begun."""
    if school.level != Level.SCHOOL:
        raise Http404
    today = request.sight.today
    rounds, round_ = choose_round(request.GET.get("round"), as_of.day if as_of else today, school)
    if round_ is None:
        return None
    below = _classes_of(school, school.nearest_day(round_.counted_on), as_of)
    grid = group_grid(
        school, below, round_, today, year_group=year_group, is_for_file=is_for_file, as_of=as_of
    )
    name = year_group_name(year_group, request.municipality.country, round_.counted_on)
    unanswered = reverse("interventions:unit-unanswered", args=[school.key])
    return GroupMap(
        grid,
        rounds,
        _("Year %(year)s, %(school)s") % {"year": name, "school": school.name},
        school.name,
        reverse("colourmaps:year-group-map-xlsx", args=[school.key, year_group]),
        f"{unanswered}?year={year_group}&",
        f"{column_panel_address(school)}?year={year_group}",
    )


def _classes_of(school: Unit, on: datetime.date, as_of: AsOf | None) -> list[Unit]:
    """The classes of a school on a day, as it is known now or was known then."""
    if as_of is not None:
        return classes_of(school, on, as_of)
    return list(Unit.objects.filter(pk__in=subtree_ids([school.pk], on), level=Level.SCHOOL_CLASS))


def _team_map(request: MunicipalityRequest, *, is_for_file: bool = False) -> GroupMap | None:
    """None if no round has begun."""
    classes = own_classes(request.sight)
    root = root_unit()
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, root)
    if round_ is None:
        return None
    school = _school_of_all(classes, round_)
    # Across schools nobody with protected identity is in a list: the pseudonym beside two places would join them.
    grid = group_grid(
        root, classes, round_, request.sight.today, is_for_file=is_for_file or (bool(classes) and not school)
    )
    names = ", ".join(each.name for each in classes)
    return GroupMap(
        grid,
        rounds,
        _("My classes: %(classes)s") % {"classes": names} if classes else _("My classes"),
        school if is_for_file else "",
        reverse("colourmaps:team-map-xlsx"),
        f"{reverse('interventions:team-unanswered')}?",
        reverse("interventions:team-column-answers", args=["COLUMN"]).replace("COLUMN", "{column}"),
    )


def _school_of_all(classes: Sequence[Unit], round_: MeasurementRound) -> str:
    """The name of the one school; empty if the classes are of several."""
    schools = set(schools_of([each.pk for each in classes], round_.counted_on).values())
    return Unit.objects.get(pk=schools.pop()).name if len(schools) == 1 else ""


def _record_year_group(
    request: MunicipalityRequest,
    what: str,
    school: Unit,
    year_group: int,
    grid: Grid,
    as_of: AsOf | None = None,
) -> None:
    pupils = [pupil.pk for pupil in grid.pupils]
    facts: dict[str, Any] = {"year_group": year_group}
    if as_of is not None:
        facts["as_of"] = as_of.day.isoformat()
    record(what, by=request.user, unit=school, subject=grid.round.key, pupils=pupils, **facts)


def _record_team(request: MunicipalityRequest, what: str, grid: Grid) -> None:
    """Once for each class."""
    for school_class in own_classes(request.sight):
        pupils = [row.pupil.pk for row in grid.rows if row.school_class == school_class]
        record(what, by=request.user, unit=school_class, subject=grid.round.key, pupils=pupils)


def _show(
    request: MunicipalityRequest, found: GroupMap, context: dict[str, Any], as_of: AsOf | None = None
) -> HttpResponse:
    context |= {
        "heading": found.heading,
        "round": found.grid.round,
        "rounds": found.rounds,
        "downloads": [],
        **({} if as_of else _context_of_now(found)),
        **grid_context(request, found.grid, of_class=None, as_of=as_of),
    }
    return render(request, "colourmaps/group_map.html", context)


def _context_of_now(found: GroupMap) -> dict[str, Any]:
    """What leads on from the map as it stands, and not from that of an earlier day."""
    grid = found.grid
    chosen, columns = f"round={grid.round.key}", ",".join(column.key for column in grid.columns)
    return {
        "unanswered": f"{found.unanswered}{chosen}&columns={columns}",
        "heads_panel": found.heads_panel,
        "downloads": [{"label": "Excel", "url": f"{found.download}?{chosen}"}],
    }


def _file(request: MunicipalityRequest, found: GroupMap) -> HttpResponse:
    origin = Origin(
        found.school, request.user.name, request.municipality.country, timezone.localtime(), found.heading
    )
    name = class_map_file_name(found.grid, FileType.XLSX.value, found.heading)
    return file_response(class_map_workbook(found.grid, origin), name, FileType.XLSX)
