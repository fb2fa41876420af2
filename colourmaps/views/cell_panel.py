from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..as_of import asked_for
from ..breaks_in_words import series_break_in_words
from ..cells import MOVEMENT_WORDS, WORDS, Cell, State
from ..charts import age_in_words, sparkline_of
from ..classification import Movement
from ..grid import cell_of
from ..limits import limits_in_words, own_in_words
from ..models import Indicator, MeasurementRound
from ..queries import latest_breaks
from ..scales import format_value
from ..timeline import series_of


@requires(Permission.SEE_PUPILS, locate_pupil, opens_in_emergency=True)
def cell_panel(request: MunicipalityRequest, pupil: Pupil, code: str) -> HttpResponse:
    """What a cell of a map says when asked: a fragment for cell-panel.js. A red one begins with what is being done."""
    indicator = Indicator.objects.filter(code=code).first()
    round_ = MeasurementRound.objects.filter(key=request.GET.get("round")).first()
    if indicator is None or round_ is None:
        raise Http404
    as_of = asked_for(request.GET.get("as_of"), request.sight.today)
    cell, limits, own = cell_of(pupil, indicator, round_, as_of)
    record(
        "cell seen", by=request.user, unit=request.line[-1], subject=f"{pupil.key} {code}", pupils=[pupil.pk]
    )
    seen_on, day = (as_of.day, f"?{as_of.query}") if as_of else (request.sight.today, "")
    series = next((each for each in series_of(pupil, as_of) if each.indicator == indicator), None)
    panel = {
        "indicator": indicator.name,
        "of_whom": pupil.shown_name,
        "classes": cell.look[0],
        "value": "" if cell.value is None else format_value(cell.value, indicator.scale, with_unit=True),
        "word": WORDS[cell.state],
        "limits": limits_in_words(indicator, limits) + (f" – {own_in_words(indicator, own)}" if own else ""),
        "measured": age_in_words(cell.measured_on, seen_on) if cell.measured_on else "",
        "remarks": remarks_on(cell, indicator, round_),
        "is_red": cell.state is State.RED,
        "doing": ""
        if request.sight.emergency
        else reverse("interventions:cell-answers", args=[pupil.key, indicator.code]),
        "url": f"{reverse('colourmaps:pupil', args=[pupil.key])}{day}#{indicator.code}",
        "history": sparkline_of(series) if series else None,
    }
    return render(request, "components/cell_panel.html", {"panel": panel})


def remarks_on(cell: Cell, indicator: Indicator, round_: MeasurementRound) -> list[str]:
    """What is to be known of the value, a sentence each: near a limit, of an earlier round, moved or not comparable."""
    remarks = [
        near_in_words(cell, indicator),
        earlier_in_words(cell, indicator),
        movement_in_words(cell, indicator, round_),
    ]
    return [remark for remark in remarks if remark]


def near_in_words(cell: Cell, indicator: Indicator) -> str:
    if not cell.is_near:
        return ""
    error = format_value(indicator.measurement_error, indicator.scale)
    return _(
        "Near the limit: within the measurement error (±%(error)s), it might as well have the other colour."
    ) % {"error": error}


def earlier_in_words(cell: Cell, indicator: Indicator) -> str:
    if not cell.is_earlier:
        return ""
    if cell.is_stale:
        return _("Not measured in this round; this is the value before, and outdated.")
    return _("Not measured in this round; this is the value before. It holds for %(months)s months.") % {
        "months": indicator.shelf_life_months
    }


def movement_in_words(cell: Cell, indicator: Indicator, round_: MeasurementRound) -> str:
    if cell.movement is Movement.NONE:
        return ""
    if cell.movement is Movement.BREAK:
        series_break = latest_breaks(round_).get(indicator.pk)
        return series_break_in_words(series_break) if series_break else ""
    if cell.movement is Movement.STILL and indicator.measurement_error:
        error = format_value(indicator.measurement_error, indicator.scale)
        return _("Unchanged: the difference is within the measurement error (±%(error)s)") % {"error": error}
    return _("%(word)s since the pupil's own last value") % {
        "word": str(MOVEMENT_WORDS[cell.movement]).capitalize()
    }
