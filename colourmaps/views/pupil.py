from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.queries import people_to_ask
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..cells import MOVEMENT_WORDS, WORDS, Cell
from ..charts import age_in_words, charts_of, sparkline_of
from ..classification import Movement
from ..deed_marks import NumberedDeed, numbered
from ..deeds import Deed, deeds_for
from ..grid import cell_of
from ..limits import limits_in_words
from ..models import Indicator, MeasurementRound
from ..scales import format_value
from ..timeline import series_of

# The sheet for the talk is one page: up to so many charts are drawn in such a size, and so much support is told of.
MOST_ON_SHEET = 6
SHEET_SIZES = [(6, "large"), (12, "usual"), (18, "small")]


@requires(Permission.SEE_PUPILS, locate_pupil)
def pupil(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """One time line per indicator, and what has been done."""
    school_class = request.line[-1]
    support = numbered(deeds_for(pupil, request.sight))
    record("pupil seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    new = f"{reverse('interventions:intervention-new', args=[school_class.key])}?pupil={pupil.key}"
    sheet = reverse("colourmaps:pupil-sheet", args=[pupil.key])
    charts = charts_of(series_of(pupil), support, request.sight.today, request.municipality.country)
    context = {
        "pupil": pupil,
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, request.path)],
        "facts": [_("class %(name)s") % {"name": school_class.name}],
        "actions": [
            *([{"label": _("Sheet for the talk"), "url": sheet, "kind": ""}] if charts else []),
            {"label": _("Decide on an intervention"), "url": new, "kind": ""},
        ],
        "charts": charts,
        "support": support,
        "new_url": new,
        "empty_title": _("No results yet"),
        "empty_text": _(
            "They appear here when a file of results has been imported, or the class's file filled in."
        ),
    }
    return render(request, "colourmaps/pupil.html", context)


@requires(Permission.SEE_PUPILS, locate_pupil)
def pupil_sheet(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """The pupil's results and support on one page of paper, for the talk with pupil and guardian."""
    school_class = request.line[-1]
    deeds = deeds_for(pupil, request.sight)
    record("pupil sheet seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    support = support_on_sheet(deeds)
    charts = charts_of(series_of(pupil), support, request.sight.today, request.municipality.country)
    context = {
        "pupil": pupil,
        "back_url": reverse("colourmaps:pupil", args=[pupil.key]),
        "place": ", ".join(unit.name for unit in reversed(request.line[-2:])),
        "today": request.sight.today,
        "charts": charts,
        "has_breaks": any(chart["breaks"] for chart in charts),
        "size": sheet_size(len(charts)),
        "support": support,
        "n_left_out": len(deeds) - len(support),
        "to_ask": people_to_ask(request.line, request.sight.today),
    }
    return render(request, "colourmaps/pupil_sheet.html", context)


def support_on_sheet(deeds: Sequence[Deed]) -> list[NumberedDeed]:
    """What the sheet has room for: what has not ended, and the latest of what has."""
    ended = [deed for deed in deeds if deed.has_ended]
    n_ended = max(0, MOST_ON_SHEET - (len(deeds) - len(ended)))
    left_out = ended[: len(ended) - n_ended]
    return numbered([deed for deed in deeds if deed not in left_out][-MOST_ON_SHEET:])


def sheet_size(n_charts: int) -> str:
    """How large the charts are drawn, so that all of them have room on one page (pages/colourmaps-pupil-sheet.css)."""
    return next((size for most, size in SHEET_SIZES if n_charts <= most), "smallest")


@requires(Permission.SEE_PUPILS, locate_pupil)
def cell_panel(request: MunicipalityRequest, pupil: Pupil, code: str) -> HttpResponse:
    """What a cell of the class map says when asked: a fragment for cell-panel.js."""
    indicator = Indicator.objects.filter(code=code).first()
    round_ = MeasurementRound.objects.filter(key=request.GET.get("round")).first()
    if indicator is None or round_ is None:
        raise Http404
    cell, limits = cell_of(pupil, indicator, round_)
    record(
        "cell seen", by=request.user, unit=request.line[-1], subject=f"{pupil.key} {code}", pupils=[pupil.pk]
    )
    series = next((each for each in series_of(pupil) if each.indicator == indicator), None)
    panel = {
        "indicator": indicator.name,
        "of_whom": pupil.shown_name,
        "classes": cell.look[0],
        "value": "" if cell.value is None else format_value(cell.value, indicator.scale, with_unit=True),
        "word": WORDS[cell.state],
        "limits": limits_in_words(indicator, limits),
        "measured": age_in_words(cell.measured_on, request.sight.today) if cell.measured_on else "",
        "movement": movement_in_words(cell, indicator),
        "doing": doing_in_words(pupil, indicator, request),
        "url": f"{reverse('colourmaps:pupil', args=[pupil.key])}#{indicator.code}",
        "history": sparkline_of(series) if series else None,
    }
    return render(request, "components/cell_panel.html", {"panel": panel})


def doing_in_words(pupil: Pupil, indicator: Indicator, request: MunicipalityRequest) -> str:
    """What is being done for the pupil about the indicator, with where it stands; empty if nothing is."""
    running = [
        f"{deed.title} ({deed.state})"
        for deed in deeds_for(pupil, request.sight)
        if deed.indicator_id == indicator.pk and not deed.has_ended
    ]
    return "; ".join(running)


def movement_in_words(cell: Cell, indicator: Indicator) -> str:
    if cell.is_stale:
        return _("Not measured in this round; this is the value before.")
    if cell.movement is Movement.NONE:
        return ""
    if cell.movement is Movement.STILL and indicator.measurement_error:
        error = format_value(indicator.measurement_error, indicator.scale)
        return _("Unchanged: the difference is within the measurement error (±%(error)s)") % {"error": error}
    return _("%(word)s since the pupil's own last value") % {
        "word": str(MOVEMENT_WORDS[cell.movement]).capitalize()
    }
