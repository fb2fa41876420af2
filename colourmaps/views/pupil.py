from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..as_of import AsOf, asked_for, enrolments
from ..as_of_choice import as_of_choice
from ..cells import MOVEMENT_WORDS, WORDS, Cell
from ..charts import age_in_words, chart_of, days_of, sparkline_of
from ..classification import Movement
from ..grid import cell_of
from ..limits import limits_in_words, own_in_words
from ..models import Indicator, MeasurementRound
from ..scales import format_value
from ..timeline import series_of


@requires(Permission.SEE_PUPILS, locate_pupil)
def pupil(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """One time line per indicator, and what has been done."""
    as_of = asked_for(request.GET.get("as_of"), request.sight.today)
    series = series_of(pupil, as_of)
    days = days_of(series)
    school_class = request.line[-1]
    facts = {"as_of": as_of.day.isoformat()} if as_of else {}
    record("pupil seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk], **facts)
    new = reverse("interventions:intervention-new", args=[school_class.key])
    context = {
        "pupil": pupil,
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, request.path)],
        "facts": [_("class %(name)s") % {"name": _class_then(pupil, as_of) if as_of else school_class.name}],
        "as_of": as_of_choice(as_of, request.sight.today, request.path),
        "actions": []
        if as_of
        else [{"label": _("Decide on an intervention"), "url": f"{new}?pupil={pupil.key}", "kind": ""}],
        "charts": [chart_of(each, days) for each in series] if days else [],
        "empty_title": _("No results yet"),
        "empty_text": _("They appear here when a file of results has been imported."),
    }
    return render(request, "colourmaps/pupil.html", context)


def _class_then(pupil: Pupil, as_of: AsOf) -> str:
    """The name of the class that the pupil was in, as far as was known; a dash for none."""
    there = [each for each in enrolments(Q(pupil=pupil), as_of) if each.is_in_force(as_of.day)]
    return there[-1].school_class.name if there else "–"


@requires(Permission.SEE_PUPILS, locate_pupil)
def cell_panel(request: MunicipalityRequest, pupil: Pupil, code: str) -> HttpResponse:
    """What a cell of the class map says when asked: a fragment for cell-panel.js."""
    indicator = Indicator.objects.filter(code=code).first()
    round_ = MeasurementRound.objects.filter(key=request.GET.get("round")).first()
    if indicator is None or round_ is None:
        raise Http404
    as_of = asked_for(request.GET.get("as_of"), request.sight.today)
    cell, limits, own = cell_of(pupil, indicator, round_, as_of)
    record(
        "cell seen", by=request.user, unit=request.line[-1], subject=f"{pupil.key} {code}", pupils=[pupil.pk]
    )
    series = next((each for each in series_of(pupil, as_of) if each.indicator == indicator), None)
    day = f"?{as_of.query}" if as_of else ""
    panel = {
        "indicator": indicator.name,
        "of_whom": pupil.shown_name,
        "classes": cell.look[0],
        "value": "" if cell.value is None else format_value(cell.value, indicator.scale, with_unit=True),
        "word": WORDS[cell.state],
        "limits": limits_in_words(indicator, limits) + (f" – {own_in_words(indicator, own)}" if own else ""),
        "measured": age_in_words(cell.measured_on, as_of.day if as_of else request.sight.today)
        if cell.measured_on
        else "",
        "movement": movement_in_words(cell, indicator),
        "doing": "",
        "url": f"{reverse('colourmaps:pupil', args=[pupil.key])}{day}#{indicator.code}",
        "history": sparkline_of(series) if series else None,
    }
    return render(request, "components/cell_panel.html", {"panel": panel})


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
