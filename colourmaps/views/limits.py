from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Level, Unit
from accounts.queries import root_unit
from accounts.roles import Permission
from accounts.secrecy import SecrecyArea
from accounts.web import MunicipalityRequest, requires_somewhere
from pupils.school_years import year_group_name, year_groups

from ..forms.limits import FOR_ALL, LimitsForm, written
from ..models import Indicator, IndicatorArea, Threshold
from ..services import (
    Decision,
    LimitsRefused,
    check_threshold,
    end_own_limits,
    set_thresholds,
    take_back_threshold,
)
from ..simulation import simulate
from ..simulation_page import trial_context
from ..threshold_lines import ENDED, IN_FORCE, TO_COME, ThresholdLine, lines_of, years_in_words

# Of the number of a row, with room; longer ones no database takes.
MOST_DIGITS = 9


@requires_somewhere(Permission.SET_LIMITS)
def threshold_list(request: MunicipalityRequest) -> HttpResponse:
    """The limits of all indicators: in force and to come, of the municipality and of its schools."""
    indicators = list(_indicators(request))
    lines = lines_of(indicators, _schools_shown(request), request.municipality.country, request.sight.today)
    entries = [
        {
            "indicator": indicator,
            "area": str(IndicatorArea(indicator.area).label).capitalize(),
            "lines": [line for line in lines.get(indicator.pk, []) if line.state != ENDED],
            "n_ended": sum(line.state == ENDED for line in lines.get(indicator.pk, [])),
            "url": reverse("colourmaps:threshold", args=[indicator.code]),
        }
        for indicator in indicators
    ]
    context = {"heading": _("Limits"), "entries": entries, "for_all": _may_for_all(request)}
    return render(request, "colourmaps/threshold_list.html", context)


@requires_somewhere(Permission.SET_LIMITS)
def threshold(request: MunicipalityRequest, code: str) -> HttpResponse:
    """The limits of one indicator through the years, and a form in which new ones are tried out."""
    indicator = _indicator(request, code)
    asked = request.GET if "from_day" in request.GET else None
    return _page(request, indicator, _form(request, indicator, asked))


@requires_somewhere(Permission.SET_LIMITS)
@require_POST
def threshold_save(request: MunicipalityRequest, code: str) -> HttpResponse:
    """Decides on the limits that have been tried out."""
    indicator = _indicator(request, code)
    form = _form(request, indicator, request.POST)
    if not form.is_valid():
        return _page(request, indicator, form, status=422)
    request.sight.check(Permission.SET_LIMITS, form.school or root_unit())
    try:
        flips = set_thresholds(
            indicator=indicator,
            year_groups=form.cleaned_data["year_groups"],
            yellow=form.limits.yellow,
            green=form.limits.green,
            from_day=form.first_day,
            by=request.user,
            source=form.cleaned_data["source"],
            school=form.school,
            reason=form.cleaned_data["reason"],
        )
    except LimitsRefused as refusal:
        form.add_error(
            "reason" if form.school and not form.cleaned_data["reason"].strip() else None, str(refusal)
        )
        return _page(request, indicator, form, status=422)
    n_flips = sum(each.n_flips for each in flips)
    messages.success(
        request,
        _("The limits are decided. Earlier maps look as they did.")
        if not n_flips
        else _("The limits are decided, and the values measured since have the colours of the new ones."),
    )
    return redirect("colourmaps:threshold", indicator.code)


@requires_somewhere(Permission.SET_LIMITS)
@require_POST
def threshold_end(request: MunicipalityRequest, code: str) -> HttpResponse:
    """A school's own limits end: from today the municipality's hold there again."""
    today = request.sight.today
    return _change(
        request,
        code,
        lambda each: end_own_limits(threshold=each, from_day=today, by=request.user),
        _("The municipality's limits hold at the school again, for what is measured from today on."),
    )


@requires_somewhere(Permission.SET_LIMITS)
@require_POST
def threshold_take_back(request: MunicipalityRequest, code: str) -> HttpResponse:
    """Limits that have not begun yet are taken back."""
    today = request.sight.today
    return _change(
        request,
        code,
        lambda each: take_back_threshold(threshold=each, today=today, by=request.user),
        _("The limits are taken back; those before them go on."),
    )


def _change(
    request: MunicipalityRequest, code: str, act: Callable[[Threshold], object], done: str
) -> HttpResponse:
    """Does it to all thresholds of a line, or to none."""
    indicator = _indicator(request, code)
    sent = request.POST.getlist("threshold")
    ids = [text for text in sent if text.isdecimal() and len(text) <= MOST_DIGITS]
    thresholds = list(Threshold.objects.filter(pk__in=ids, indicator=indicator).select_related("school"))
    for each in thresholds:
        request.sight.check(Permission.SET_LIMITS, each.school or root_unit())
    try:
        with transaction.atomic():
            for each in thresholds:
                act(each)
    except LimitsRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if thresholds:
            messages.success(request, done)
    return redirect("colourmaps:threshold", indicator.code)


def _page(
    request: MunicipalityRequest, indicator: Indicator, form: LimitsForm, status: int = 200
) -> HttpResponse:
    country, today = request.municipality.country, request.sight.today
    root = root_unit()
    lines = lines_of([indicator], _schools_shown(request), country, today).get(indicator.pk, [])
    trial = _trial(request, indicator, form)
    is_for_school = bool(form.is_bound and form.cleaned_data.get("whose") in form.schools)
    form.fields["reason"].required = is_for_school  # said beside the field; asked for when it is decided
    context = {
        "heading": _("Limits of %(indicator)s") % {"indicator": indicator.name},
        "breadcrumb": [(_("Limits"), reverse("colourmaps:threshold-list")), (indicator.name, "")],
        "indicator": indicator,
        "facts": _facts(indicator),
        "standing": [_shown(request, line, root, form) for line in lines if line.state != ENDED],
        "ended": [_shown(request, line, root, form) for line in lines if line.state == ENDED],
        "form": form,
        "trial": trial,
        "is_for_school": is_for_school,
    }
    return render(request, "colourmaps/threshold.html", context, status=status)


def _trial(request: MunicipalityRequest, indicator: Indicator, form: LimitsForm) -> dict[str, Any] | None:
    """What the limits of the form would do; None, with the reason in the form, if they cannot hold."""
    if not form.is_bound or form.errors.keys() - {"reason"}:
        return None
    request.sight.check(Permission.SET_LIMITS, form.school or root_unit())
    decisions = [
        Decision(indicator, year_group, form.limits, form.first_day, school=form.school)
        for year_group in form.cleaned_data["year_groups"]
    ]
    refused = _refusals(decisions)
    for words, year_groups_refused in refused.items():
        form.add_error(None, _about(request, words, year_groups_refused, len(decisions)))
    if refused:
        return None
    seen = request.sight.visible_units(Permission.SEE_PUPILS, request.sight.today)
    return trial_context(simulate(decisions, seen, request.municipality), is_many=form.school is None)


def _refusals(decisions: list[Decision]) -> dict[str, list[int]]:
    """By what is wrong, the year groups that it is about."""
    refused: dict[str, list[int]] = {}
    for decision in decisions:
        try:
            check_threshold(decision)
        except LimitsRefused as refusal:
            refused.setdefault(str(refusal), []).append(decision.year_group)
    return refused


def _about(request: MunicipalityRequest, words: str, year_groups_refused: list[int], n_asked: int) -> str:
    """What is wrong, with the year groups that it is about where others are all right."""
    if len(year_groups_refused) == n_asked:
        return words
    names = years_in_words(year_groups_refused, request.municipality.country, request.sight.today)
    return _("Year group %(year)s: %(refusal)s") % {"year": names, "refusal": words}


def _indicator(request: MunicipalityRequest, code: str) -> Indicator:
    indicator = _indicators(request).filter(code=code).first()
    if indicator is None:
        raise Http404
    return indicator


def _indicators(request: MunicipalityRequest) -> QuerySet[Indicator]:
    """Whoever decides for the municipality also sets the limits of medical ones, whose values nobody here sees."""
    return Indicator.of_all_areas.all() if _may_for_all(request) else Indicator.objects.all()


def _is_medical(indicator: Indicator) -> bool:
    return indicator.secrecy_area == SecrecyArea.MEDICAL


def _may_for_all(request: MunicipalityRequest) -> bool:
    return request.sight.has_for_all(Permission.SET_LIMITS)


def _own_schools(request: MunicipalityRequest) -> dict[str, Unit]:
    """By key, the schools for which the person may decide, by name."""
    today = request.sight.today
    visible = request.sight.visible_units(Permission.SET_LIMITS, today)
    schools = Unit.objects.on(today).filter(level=Level.SCHOOL, pk__in=visible).order_by("name")
    return {school.key: school for school in schools}


def _schools_shown(request: MunicipalityRequest) -> list[int] | None:
    return None if _may_for_all(request) else [school.pk for school in _own_schools(request).values()]


def _form(request: MunicipalityRequest, indicator: Indicator, data: Any) -> LimitsForm:
    country, today = request.municipality.country, request.sight.today
    in_force = list(Threshold.objects.on(today).filter(indicator=indicator, school__isnull=True))
    offered = set(indicator.year_groups or year_groups(country, today))
    offered |= set(Threshold.objects.filter(indicator=indicator).values_list("year_group", flat=True))
    initial: dict[str, Any] = {"from_day": today}
    limits = {(each.yellow_limit, each.green_limit) for each in in_force}
    if len(limits) == 1:
        yellow, green = limits.pop()
        initial |= {
            "yellow": written(yellow, indicator),
            "green": written(green, indicator),
            "year_groups": [each.year_group for each in in_force],
        }
    if "yellow" in request.GET:
        initial |= {name: request.GET.get(name, "") for name in ("whose", "yellow", "green")}
        initial["year_groups"] = request.GET.getlist("year_groups")
    return LimitsForm(
        data,
        indicator=indicator,
        schools={} if _is_medical(indicator) else _own_schools(request),
        for_all=request.municipality.name if _may_for_all(request) else "",
        year_groups=[(each, year_group_name(each, country, today)) for each in sorted(offered)],
        initial=initial,
    )


def _facts(indicator: Indicator) -> list[str]:
    facts = [indicator.scale.in_words(), indicator.get_direction_display()]
    if indicator.measurement_error:
        error = written(indicator.measurement_error, indicator)
        facts.append(_("measurement error ±%(error)s") % {"error": error})
    if _is_medical(indicator):
        facts.append(_("medical pupil health: how many values change colour is not told here"))
    return facts


def _shown(request: MunicipalityRequest, line: ThresholdLine, root: Unit, form: LimitsForm) -> dict[str, Any]:
    """A line with what the person may do about it. change: query by which the form begins with what the line says."""
    may_change = request.sight.can(Permission.SET_LIMITS, line.school or root)
    own_school = next(iter(form.schools), "")
    whose = (line.school.key if line.school else FOR_ALL) if may_change else own_school
    first = line.first
    begin = {
        "whose": whose,
        "year_groups": [each.year_group for each in line.thresholds],
        "yellow": written(first.yellow_limit, first.indicator),
        "green": written(first.green_limit, first.indicator),
    }
    return {
        "line": line,
        "may_change": may_change,
        "change": urlencode(begin, doseq=True) if line.state == IN_FORCE else "",
        "may_take_back": may_change and line.state == TO_COME,
        "may_end": may_change and line.state == IN_FORCE and line.school is not None,
    }
