"""What is being done about red: of one cell, of the columns of a class, of the classes of a school."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, unit_url
from colourmaps.models import Indicator
from colourmaps.queries import choose_round
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..answers import Count, answers_below, answers_of_class, tried_on
from ..models import Intervention
from ..states import state_in_words, state_of
from ..tables import TAG_CLASSES
from ..verdicts import verdict_words


@requires(Permission.SEE_PUPILS, locate_pupil)
def cell_answers(request: MunicipalityRequest, pupil: Pupil, code: str) -> HttpResponse:
    """What has been tried for a pupil on an indicator, and a way to decide on more: a page, and a part of the panel."""
    indicator = Indicator.objects.filter(code=code).first()
    if indicator is None:
        raise Http404
    school_class = request.line[-1]
    running, ended = tried_on(pupil, indicator, request.sight)
    verdicts = verdict_words([*running, *ended])
    record(
        "interventions seen",
        by=request.user,
        unit=school_class,
        subject=f"{pupil.key} {code}",
        pupils=[pupil.pk],
    )
    new = reverse("interventions:intervention-new", args=[school_class.key])
    context = {
        "heading": _("%(indicator)s, %(pupil)s") % {"indicator": indicator.name, "pupil": pupil.shown_name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "running": [_row(each, request, verdicts) for each in running],
        "ended": [_row(each, request, verdicts) for each in ended],
        "new_url": f"{new}?{urlencode({'pupil': pupil.key, 'indicator': code})}"
        if request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
        else "",
    }
    return render(request, f"interventions/cell_answers{_part(request)}.html", context)


def _row(
    intervention: Intervention, request: MunicipalityRequest, verdicts: Mapping[int, str]
) -> dict[str, Any]:
    on = request.sight.today
    return {
        "intervention": intervention,
        "state": state_in_words(intervention, on),
        "state_class": TAG_CLASSES[state_of(intervention, on)],
        "verdict": verdicts.get(intervention.pk, ""),
        "is_of_class": not intervention.pupils.all(),
    }


@requires(Permission.SEE_PUPILS)
def unit_unanswered(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """How many red cells have no answer: of a class by indicator, of a unit above by class.

    For htmx of a class a row of its map, for the columns that ?columns= names; of a unit above a part of its page.
    """
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if round_ is None:
        raise Http404
    context = {
        "heading": _("Red without an answer, %(unit)s") % {"unit": unit.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "unit": unit,
    }
    if not unit.is_school_class:
        rows = [(each, unit_url(each.school_class)) for each in answers_below(unit, round_)]
        n_unanswered = sum(each.counted.n_unanswered for each, _address in rows)
        context |= {"rows": rows, "n_unanswered": n_unanswered}
        return render(request, f"interventions/unanswered_below{_part(request)}.html", context)
    answers = answers_of_class(unit, round_)
    decides = request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
    if request.htmx:
        columns = request.GET.get("columns", "").split(",")
        counts = [(code, answers.get(code, Count())) for code in columns]
        new = reverse("interventions:intervention-new", args=[unit.key])
        context |= {
            "counts": counts,
            "new_url": f"{new}?round={round_.key}&red=unanswered" if decides else "",
        }
        return render(request, "interventions/unanswered_row_part.html", context)
    context["may_decide"] = decides
    indicators = Indicator.objects.filter(code__in=answers)
    context["rows"] = [
        (each, answers[each.code], reverse("colourmaps:class-indicator", args=[unit.key, each.code]))
        for each in indicators
    ]
    return render(request, "interventions/unanswered_of_class.html", context)


def _part(request: MunicipalityRequest) -> str:
    """The page for a plain link; the part that it includes, the same markup, for htmx."""
    return "_part" if request.htmx else ""
