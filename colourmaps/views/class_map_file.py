from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires

from ..exporting.class_map import Origin, class_map_csv, class_map_file_name, class_map_workbook
from ..exporting.downloads import FileType, file_response
from ..grid import Grid, class_grid
from ..maps import choose_map, narrowed
from ..queries import choose_round


@requires(Permission.SEE_PUPILS)
@limited(Limited.EXPORTS)
def class_map_xlsx(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """The class map as a workbook."""
    grid = _grid_for_file(request, school_class, FileType.XLSX)
    name = class_map_file_name(grid, FileType.XLSX.value)
    return file_response(class_map_workbook(grid, _origin(request)), name, FileType.XLSX)


@requires(Permission.SEE_PUPILS)
@limited(Limited.EXPORTS)
def class_map_as_csv(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """The values of the class map, without colours."""
    grid = _grid_for_file(request, school_class, FileType.CSV)
    name = class_map_file_name(grid, FileType.CSV.value)
    return file_response(class_map_csv(grid, _origin(request)), name, FileType.CSV)


def _origin(request: MunicipalityRequest) -> Origin:
    return Origin(
        school=next((unit.name for unit in reversed(request.line) if unit.level == Level.SCHOOL), ""),
        by=request.user.name,
        country=request.municipality.country,
        at=timezone.localtime(),
    )


def _grid_for_file(request: MunicipalityRequest, school_class: Unit, file_type: FileType) -> Grid:
    """The map of the round that is asked for, without pupils who are in no file; their taking out is recorded."""
    if not school_class.is_school_class:
        raise Http404
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, school_class)
    if round_ is None:
        raise Http404
    choice = choose_map(request.GET.get("map"), request.line)
    grid = narrowed(class_grid(school_class, round_, request.sight.today, is_for_file=True), choice.chosen)
    record(
        "class map downloaded",
        by=request.user,
        unit=school_class,
        subject=round_.key,
        pupils=[pupil.pk for pupil in grid.pupils],
        file=file_type.value,
    )
    return grid
