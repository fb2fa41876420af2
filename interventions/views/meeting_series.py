"""Series of meetings are made, changed and ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit
from accounts.queries import line_of
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires, requires_somewhere

from ..meetings.calendar.forms import EndForm, SeriesChangeForm, SeriesForm
from ..meetings.calendar.offering import (
    check_may_change,
    check_may_plan,
    classes_to_choose,
    leads_to_choose,
    reads_words_of,
)
from ..meetings.calendar.successors import Successors
from ..models import MeetingSeries
from ..questions.visiting import check_may_look
from ..services.meeting_planning import Changed, change_series, end_series, make_series
from ..services.meeting_planning.filling import ahead
from ..services.meeting_planning.series import repetition_of
from .meeting_planning import form_about


@requires(Permission.PLAN_MEETINGS)
def series_new(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """A meeting that comes again, at a unit or of several classes of its school."""
    check_may_look(request.sight, request.line)
    form = form_about(request, unit, SeriesForm)
    if request.method == "POST" and form.is_valid():
        about = form.about
        check_may_plan(request.sight, about.unit, about.classes)
        try:
            series = make_series(about=about, repetition=form.repetition, frame=form.frame, by=request.user)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            n = series.meetings.count()
            said = ngettext("%(n)s meeting is planned.", "%(n)s meetings are planned.", n)
            messages.success(request, said % {"n": n})
            return redirect("interventions:unit-meetings", unit.key)
    context = {
        "form": form,
        "unit": unit,
        "is_series": True,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    status = 422 if form.is_bound else 200
    return render(request, "interventions/meetings/calendar_new.html", context, status=status)


@requires_somewhere(Permission.PLAN_MEETINGS)
def series(request: MunicipalityRequest, key: str) -> HttpResponse:
    """One form changes the series; ended, it has a last day from which on there are no more meetings."""
    found = find_series(request, key)
    ends = request.POST.get("do") == "end"
    form = _change_form(request, found, None if ends else request.POST or None)
    end_form = EndForm(request.POST if ends else None, initial={"ends_on": request.sight.today})
    if ends and end_form.is_valid():
        answer = _end(request, found, end_form)
    elif form.is_bound and form.is_valid():
        answer = _change(request, found, form)
    else:
        answer = None
    if answer is not None:
        return answer
    context = {
        "form": form,
        "end_form": end_form,
        "series": found,
        "about": ", ".join(sorted(unit.name for unit in (found.covered_units.all() or [found.unit]))),
        "n_ahead": ahead(found, request.sight.today).count(),
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "interventions/meetings/calendar_series.html", context, status=status)


def find_series(request: MunicipalityRequest, key: str) -> MeetingSeries:
    """The series that an address names, for who may plan it; 404 for one that the municipality does not have."""
    found = MeetingSeries.objects.select_related("kind", "unit__kind", "lead")
    series = found.prefetch_related("covered_units").filter(key=key).first()
    if series is None:
        raise Http404
    request.line = line_of(series.unit, request.sight.today)
    request.sight.keep_line(request.line)
    check_may_change(request.sight, series.unit, list(series.covered_units.all()))
    return series


def _change_form(request: MunicipalityRequest, found: MeetingSeries, data: Any) -> SeriesChangeForm:
    """With the classes as they are called now."""
    today = request.sight.today
    own = Successors(found.covered_units.all(), today).heirs(found.covered_units.all(), today)
    others = classes_to_choose(request.sight, request.line) if own else []
    classes = list({each.pk: each for each in (*own, *others)}.values())
    initial = {
        "classes": [each.key for each in own],
        "lead": found.lead.key,
        **{name: getattr(found, name) for name in ("at", "minutes", "place")},
        **vars(repetition_of(found)),
    }
    people = leads_to_choose([found.kind], request.line, classes, today)
    reads = reads_words_of(request.sight, found.kind, found.unit, own)
    return SeriesChangeForm(
        data,
        initial=initial,
        people=people,
        kept_place=None if reads else found.place,
        classes=sorted(classes, key=_by_name),
    )


def _by_name(unit: Unit) -> str:
    return unit.name


def _change(
    request: MunicipalityRequest, found: MeetingSeries, form: SeriesChangeForm
) -> HttpResponse | None:
    """Back to the calendar; None where it is refused, and the form says why."""
    classes = form.kept_classes
    check_may_plan(request.sight, found.unit, classes)
    try:
        changed = change_series(
            series=found,
            classes=classes,
            repetition=form.repetition,
            frame=form.frame,
            by=request.user,
        )
    except ValidationError as refusal:
        form.refuse(refusal)
        return None
    messages.success(request, _("The series is changed. %(what)s") % {"what": _in_words(changed)})
    return _back(found)


def _end(request: MunicipalityRequest, found: MeetingSeries, form: EndForm) -> HttpResponse | None:
    try:
        changed = end_series(series=found, on=form.cleaned_data["ends_on"], by=request.user)
    except ValidationError as refusal:
        form.add_error("ends_on", " ".join(refusal.messages))
        return None
    messages.success(request, _("The series is ended. %(what)s") % {"what": _in_words(changed)})
    return _back(found)


def _in_words(changed: Changed) -> str:
    """What became of the meetings ahead; empty where nothing did."""
    n = changed
    parts = [
        (n.n_new, ngettext("%(n)s meeting is new.", "%(n)s meetings are new.", n.n_new)),
        (n.n_gone, ngettext("%(n)s is taken away.", "%(n)s are taken away.", n.n_gone)),
        (
            n.n_kept,
            ngettext(
                "%(n)s on another day stays, since it was moved or has something on its agenda.",
                "%(n)s on other days stay, since they were moved or have something on their agenda.",
                n.n_kept,
            ),
        ),
    ]
    return " ".join(words % {"n": count} for count, words in parts if count)


def _back(found: MeetingSeries) -> HttpResponse:
    """To the calendar in which its meetings stand, of a team to that of its first class."""
    classes = sorted(found.covered_units.all(), key=_by_name)
    return redirect("interventions:unit-meetings", (classes or [found.unit])[0].key)
