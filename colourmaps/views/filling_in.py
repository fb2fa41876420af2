"""A class map filled in with a spreadsheet program: the workbook out, and handed back in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import Level, Unit
from accounts.queries import children_of
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere

from ..exporting.downloads import FileType, file_response
from ..exporting.safe_cells import file_name
from ..filling_in import places
from ..filling_in.offer import offer_of
from ..filling_in.workbook import workbook_to_fill_in
from ..forms import WorkbookForm
from ..importing import lifecycle
from ..models import ImportBatch, ImportKind, MeasurementRound
from ..queries import open_rounds

# So many workbooks that were handed in are listed.
MOST_LISTED = 20

door: Callable[[Callable], Callable] = requires(Permission.RECORD_RESULTS)


@requires_somewhere(Permission.RECORD_RESULTS)
@require_GET
def fill_in_list(request: MunicipalityRequest) -> HttpResponse:
    """The schools and classes whose results the person fills in, and the workbooks that were handed in."""
    context = {
        "heading": _("Fill in results"),
        "places": places.places_of(request.sight),
        "handed_in": handed_in_by(request),
    }
    return render(request, "colourmaps/fill_in_list.html", context)


@door
@require_GET
def fill_in(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A class or a school: its workbook for a round that is open, and the field to hand it back."""
    return _show(request, unit, WorkbookForm())


@door
@require_GET
@limited(Limited.EXPORTS)
def fill_in_workbook(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """Of a class with what is known, of a school an empty one with a sheet per class."""
    _rounds, round_ = open_rounds(request.GET.get("round"), request.sight.today, unit)
    if round_ is None:
        raise Http404
    today = request.sight.today
    offers = [offer_of(each, round_, today) for each in _classes_of(unit, round_, request)]
    offers = [offer for offer in offers if offer.pupils and offer.indicators]
    if not offers:
        raise Http404
    content, base = workbook_to_fill_in(
        unit, offers, round_, by=request.user, is_empty=not unit.is_school_class
    )
    pupils = {pupil.pk for offer in offers for pupil in offer.pupils}
    record(
        "workbook to fill in made",
        by=request.user,
        unit=unit,
        subject=round_.key,
        pupils=pupils,
        cells=base.n_cells,
    )
    name = file_name(_("Fill in"), unit.name, round_.name, suffix=".xlsx")
    return file_response(content, name, FileType.XLSX)


@door
@require_POST
def fill_in_upload(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    form = WorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, unit, form, status=422)
    batch = lifecycle.upload_file(
        upload=form.cleaned_data["file"], by=request.user, kind=ImportKind.FILLED_IN
    )
    return redirect("colourmaps:filled-in", batch.key)


def handed_in_by(request: MunicipalityRequest) -> list[ImportBatch]:
    """The newest workbooks that were handed in: one's own while the classes are, everybody's for whoever imports."""
    handed_in = ImportBatch.objects.filter(kind=ImportKind.FILLED_IN).select_related("by", "job")
    handed_in = handed_in.order_by("-uploaded_at", "-pk")
    if request.sight.has_for_all(Permission.IMPORT_RESULTS):
        return list(handed_in[:MOST_LISTED])
    return list(islice(places.still_open_to(request.sight, handed_in.filter(by=request.user)), MOST_LISTED))


def _show(request: MunicipalityRequest, unit: Unit, form: WorkbookForm, *, status: int = 200) -> HttpResponse:
    rounds, round_ = open_rounds(request.GET.get("round"), request.sight.today, unit)
    if not unit.is_school_class and unit.level != Level.SCHOOL:
        raise Http404
    address = reverse("colourmaps:fill-in-workbook", args=[unit.key])
    context: dict[str, Any] = {
        "unit": unit,
        "heading": _("Fill in results: %(name)s") % {"name": unit.name},
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (_("Fill in"), request.path)],
        "rounds": rounds,
        "round": round_,
        "workbook": f"{address}?round={round_.key}" if round_ else "",
        "form": form,
        "handed_in": handed_in_by(request),
    }
    return render(request, "colourmaps/fill_in.html", context, status=status)


def _classes_of(unit: Unit, round_: MeasurementRound, request: MunicipalityRequest) -> list[Unit]:
    """The class itself, or the classes of the school when the round is counted, or now while that day is not over."""
    if unit.is_school_class:
        return [unit]
    if unit.level != Level.SCHOOL:
        raise Http404
    day = unit.nearest_day(min(round_.counted_on, request.sight.today))
    return [child for child in children_of(unit, day) if child.is_school_class]
