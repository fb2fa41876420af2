"""What is being done about red: of one cell, of the columns of a class, of the classes of a school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.queries import root_unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere, unit_url
from colourmaps.map_page import own_classes
from colourmaps.models import Indicator, MeasurementRound
from colourmaps.queries import choose_round
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..answers import Count, answers_by_class, answers_by_indicator, classes_below, tried_on
from ..models import Intervention
from ..prefill import UNANSWERED
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
    verdicts = verdict_words([*running, *ended], request.sight)
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
        "running": [_row_of_cell(each, request, verdicts) for each in running],
        "ended": [_row_of_cell(each, request, verdicts) for each in ended],
        "new_url": f"{new}?{urlencode({'pupil': pupil.key, 'indicator': code})}"
        if request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
        else "",
        "ask_url": f"{reverse('interventions:question-new', args=[school_class.key])}"
        f"?{urlencode({'pupil': pupil.key, 'indicator': code})}",
    }
    name = "answers_part" if request.htmx else "cell_answers"
    return render(request, f"interventions/{name}.html", context)


def _row_of_cell(
    intervention: Intervention, request: MunicipalityRequest, verdicts: Mapping[int, str]
) -> dict[str, Any]:
    """For whom is said only where it is not the pupil alone."""
    row = answer_row(intervention, request, verdicts)
    return row | {"whom": "" if intervention.pupils.all() else _("the whole class")}


def answer_row(
    intervention: Intervention, request: MunicipalityRequest, verdicts: Mapping[int, str]
) -> dict[str, Any]:
    """For templates/interventions/answers_part.html, without for whom it is. verdicts: in words, by id."""
    on = request.sight.today
    return {
        "intervention": intervention,
        "state": state_in_words(intervention, on),
        "state_class": TAG_CLASSES[state_of(intervention, on)],
        "verdict": verdicts.get(intervention.pk, ""),
    }


@requires(Permission.SEE_PUPILS)
def unit_unanswered(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """How many red cells have no answer: of a class by indicator, of a unit above by class.

    ?year= narrows a school to one of its year groups. With ?columns=, for htmx, a row of a map instead.
    """
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    if round_ is None:
        raise Http404
    year = request.GET.get("year", "")
    year_group = int(year) if year.isdecimal() and len(year) < 3 else None
    classes = [unit] if unit.is_school_class else classes_below(unit, round_)
    decides = request.sight.can_in_line(Permission.DECIDE_INTERVENTIONS, request.line)
    context = {
        "heading": _("Red without an answer, %(unit)s") % {"unit": unit.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "round": round_,
        "address": f"{request.path}?{urlencode({'round': round_.key, **({'year': year} if year else {})})}",
        "with_class": not unit.is_school_class,
    }
    if unit.is_school_class and not request.htmx:
        answers = answers_by_indicator(classes, round_)
        context |= _by_column(unit, answers) | {"unit": unit, "may_decide": decides}
        return render(request, "interventions/unanswered_of_class.html", context)
    if decides and (parts := _of_one_plan(unit, classes, year_group)) is not None:
        new = reverse("interventions:intervention-new", args=[unit.key])
        context["new_url"] = (
            f"{new}?{urlencode({'round': round_.key, 'part': parts, 'red': UNANSWERED}, True)}"
        )
    return _answered(request, classes, round_, year_group, context)


def _of_one_plan(unit: Unit, classes: Sequence[Unit], year_group: int | None) -> list[str] | None:
    """Keys of the parts of the unit that hold the pupils of a map; none of a class, which is all of them.

    None where there are none such: above the classes, and where a class has pupils of several year groups.
    """
    if unit.is_school_class:
        return []
    theirs = [each for each in classes if each.year_group in (year_group, None)]
    is_split = any(each.year_group is None for each in theirs)
    return None if year_group is None or is_split else [each.key for each in theirs]


@requires_somewhere(Permission.SEE_PUPILS)
def team_unanswered(request: MunicipalityRequest) -> HttpResponse:
    """How many red cells have no answer in the classes at which the person has a role, and in each of them."""
    _rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, root_unit())
    if round_ is None:
        raise Http404
    context = {
        "heading": _("Red without an answer, my classes"),
        "round": round_,
        "address": f"{request.path}?round={round_.key}",
        "with_class": True,
    }
    return _answered(request, own_classes(request.sight), round_, None, context)


def _answered(
    request: MunicipalityRequest,
    classes: Sequence[Unit],
    round_: MeasurementRound,
    year_group: int | None,
    context: dict[str, Any],
) -> HttpResponse:
    """A row under a map, for the columns that are asked for; else each of the classes, as a page or its part."""
    if request.htmx and "columns" in request.GET:
        answers = answers_by_indicator(classes, round_, year_group)
        counts = [(code, answers.get(code, Count())) for code in request.GET["columns"].split(",")]
        return render(request, "interventions/unanswered_row_part.html", context | {"counts": counts})
    rows = [(each, unit_url(each.school_class)) for each in answers_by_class(classes, round_, year_group)]
    n_unanswered = sum(each.counted.n_unanswered for each, _address in rows)
    context |= {"rows": rows, "n_unanswered": n_unanswered}
    return render(request, f"interventions/unanswered_below{_part(request)}.html", context)


def _by_column(school_class: Unit, answers: Mapping[str, Count]) -> dict[str, Any]:
    """Each indicator of a class with its page."""
    indicators = Indicator.objects.filter(code__in=answers)
    return {
        "rows": [
            (
                each,
                answers[each.code],
                reverse("colourmaps:class-indicator", args=[school_class.key, each.code]),
            )
            for each in indicators
        ]
    }


def _part(request: MunicipalityRequest) -> str:
    """The page for a plain link; the part that it includes, the same markup, for htmx."""
    return "_part" if request.htmx else ""
