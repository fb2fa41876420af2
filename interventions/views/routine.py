"""Whether the schools keep the routine of meetings, for a unit, as a page and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import AccessDenied
from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Level, Unit
from accounts.queries import subtree_ids
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere
from colourmaps.exporting.downloads import FileType, file_response
from colourmaps.exporting.safe_cells import file_name

from ..models import MeetingKind
from ..routine.exporting import routine_workbook
from ..routine.kept import kinds_to_watch
from ..routine.page import RoutinePage, look_at, routine_page


@requires_somewhere(Permission.WATCH_ROUTINE)
@require_GET
def routine(request: MunicipalityRequest) -> HttpResponse:
    """That of the person's own unit; of several, of the one that stands highest."""
    own = sorted(request.sight.own_units(Permission.WATCH_ROUTINE), key=lambda unit: (unit.level, unit.name))
    request.line = request.sight.line_of(own[0])
    return _page(request, own[0], own)


@requires(Permission.WATCH_ROUTINE)
@require_GET
def unit_routine(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """?kind= counts the meetings of one kind; ?year= is the school year of the statistics."""
    return _page(request, unit, ())


@requires(Permission.WATCH_ROUTINE)
@require_GET
@limited(Limited.EXPORTS)
def unit_routine_xlsx(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """What the page shows, as a workbook."""
    page = _read(request, unit, _kind(request, kinds_to_watch()))
    record("routine taken out", by=request.user, unit=unit)
    name = file_name(_("Routine of meetings"), unit.name, str(request.sight.today), suffix=".xlsx")
    return file_response(routine_workbook(page), name, FileType.XLSX)


def _read(request: MunicipalityRequest, unit: Unit, kind: MeetingKind | None) -> RoutinePage:
    if unit.level > Level.SCHOOL:
        raise AccessDenied(_("This is told from the school upwards."))
    sees_pupils = request.sight.can_in_line(Permission.SEE_PUPILS, request.line)
    return routine_page(
        request.municipality,
        request.line,
        look_at(request.municipality, sees_pupils=sees_pupils),
        request.sight.today,
        kind=kind,
        year_name=request.GET.get("year", ""),
    )


def _kind(request: MunicipalityRequest, kinds: Sequence[MeetingKind]) -> MeetingKind | None:
    return next((kind for kind in kinds if kind.key == request.GET.get("kind", "")), None)


def _page(request: MunicipalityRequest, unit: Unit, own: Sequence[Unit]) -> HttpResponse:
    kinds = kinds_to_watch()
    kind = _kind(request, kinds)
    page = _read(request, unit, kind)
    chosen = {"kind": kind.key if kind else "", "year": page.year.name if page.year != page.years[0] else ""}
    here = reverse("interventions:unit-routine", args=[unit.key])
    download = reverse("interventions:unit-routine-xlsx", args=[unit.key])
    context = {
        "page": page,
        "unit": unit,
        "kinds": [
            _choice(
                each.name if each else _("all"),
                here,
                chosen | {"kind": each.key if each else ""},
                each == kind,
            )
            for each in (None, *kinds)
        ],
        "years": [
            _choice(each.name, here, chosen | {"year": each.name}, each == page.year, "#cases")
            for each in page.years
        ],
        "units": _units_to_look_at(request, unit, own),
        "actions": [
            {"label": label, "url": reverse(f"interventions:{name}", args=[unit.key]), "kind": ""}
            for label, name in ((_("Calendar"), "unit-meetings"), (_("What families say"), "family-report"))
        ],
        "downloads": [{"label": "Excel", "url": _with(download, chosen)}],
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/routine.html", context)


def _choice(label: str, url: str, query: dict[str, str], current: bool, at: str = "") -> dict[str, Any]:
    return {"label": label, "url": _with(url, query) + at, "current": current}


def _with(url: str, query: dict[str, str]) -> str:
    said = urlencode({name: value for name, value in query.items() if value})
    return f"{url}?{said}" if said else url


def _units_to_look_at(request: MunicipalityRequest, unit: Unit, own: Sequence[Unit]) -> list[Unit]:
    """The units above the schools that stand below this one, and the person's other own ones."""
    if unit.level >= Level.AREA:
        return [each for each in own if each != unit]
    below = subtree_ids([unit.pk], request.sight.today, down_to=Level.AREA)
    units = Unit.objects.on(request.sight.today).filter(pk__in=below - {unit.pk}, level__lt=Level.SCHOOL)
    return [*units.order_by("level", "name"), *(each for each in own if each.pk not in below)]
