"""The medical part's own classes: a map of medical indicators, and filling them in."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.audit import record
from accounts.models import Unit
from accounts.refusal import ActRefused
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires, requires_somewhere
from colourmaps.drawing import sort_key
from pupils.models import Enrolment
from pupils.queries import home_enrolments
from pupils.school_years import SchoolYear

from ..class_page import class_context, classes_by_school
from ..doors import locate_class
from ..forms import FillInForm
from ..queries import medical_indicators, results_of
from ..services import record_medical


@requires_somewhere(Permission.SEE_MEDICAL)
@require_GET
def class_list(request: MunicipalityRequest) -> HttpResponse:
    """The classes of the person's schools, and the way to what has been shared."""
    actions = [{"label": _("What has been shared"), "url": reverse("medical:crossing-list")}]
    context = {"schools": classes_by_school(request.sight), "actions": actions}
    return render(request, "medical/class_list.html", context)


@requires(Permission.SEE_MEDICAL, locate_class)
@require_GET
def class_map(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """Pupils x medical indicators, of each the latest result of the school year."""
    enrolments = members_now(request, school_class)
    pupil_ids = [enrolment.pupil_id for enrolment in enrolments]
    since = SchoolYear.of(request.sight.today).first_day
    results = [
        result
        for result in results_of(pupil_ids, request.sight.areas_at(request.line))
        if result.measured_on >= since
    ]
    record("medical class seen", by=request.user, unit=school_class, pupils=pupil_ids)
    address = reverse("medical:fill-in", args=[school_class.key])
    fill_in_action = {"label": _("Fill in"), "url": address, "kind": "primary"}
    context = {
        "school_class": school_class,
        "breadcrumb": crumbs(request.line),
        "facts": [
            request.line[-2].name,
            SchoolYear.of(request.sight.today).name,
            ngettext("%(n)s pupil", "%(n)s pupils", len(enrolments)) % {"n": len(enrolments)},
        ],
        "actions": [fill_in_action] if enrolments else [],
        "has_pupils": bool(enrolments),
        **class_context(enrolments, medical_indicators(), results),
    }
    return render(request, "medical/class.html", context)


@requires(Permission.SEE_MEDICAL, locate_class)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: MunicipalityRequest, school_class: Unit) -> HttpResponse:
    """What was measured on one day, of the whole class on one page."""
    enrolments = members_now(request, school_class)
    on = _day(request.POST.get("on") or request.GET.get("on", ""), request.sight.today)
    pupil_ids = [enrolment.pupil_id for enrolment in enrolments]
    results = results_of(pupil_ids, request.sight.areas_at(request.line))
    form = FillInForm(
        request.POST or None,
        enrolments=enrolments,
        indicators=medical_indicators(),
        known={(each.pupil_id, each.indicator_id): each for each in results if each.measured_on == on},
        on=on,
        everything="all" in request.GET or "all" in request.POST,
    )
    if form.is_valid():
        try:
            n = record_medical(
                entries=form.entries,
                measured_on=form.cleaned_data["on"],
                school_class=school_class,
                by=request.user,
            )
        except ActRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("%(n)s value is saved.", "%(n)s values are saved.", n) % {"n": n}
            messages.success(request, said if n else _("Nothing has changed."))
            return redirect("medical:class", school_class.key)
    record("medical class seen", by=request.user, unit=school_class, pupils=pupil_ids)
    context = {
        "school_class": school_class,
        "form": form,
        "heads": form.indicators,
        "on": on,
        "breadcrumb": [*crumbs(request.line), (_("Fill in"), "")],
        "back": reverse("medical:class", args=[school_class.key]),
    }
    return render(request, "medical/fill_in.html", context, status=422 if form.is_bound else 200)


def members_now(request: MunicipalityRequest, school_class: Unit) -> list[Enrolment]:
    """Of a class that is there today; of another there is nothing to keep here any more."""
    if not school_class.is_in_force(request.sight.today):
        raise Http404
    language = get_language() or "sv"
    enrolments = home_enrolments(request.sight.today).filter(school_class=school_class)
    return sorted(
        enrolments.select_related("pupil"), key=lambda enrolment: sort_key(enrolment.pupil, language)
    )


def crumbs(line: list[Unit]) -> list[tuple[str, str]]:
    return [
        (_("Medical pupil health"), reverse("medical:class-list")),
        (line[-1].name, reverse("medical:class", args=[line[-1].key])),
    ]


def _day(text: str, today: datetime.date) -> datetime.date:
    """The day that is asked for; today for none and for nonsense, which the form says itself."""
    try:
        return parse_date(text) or today
    except ValueError:
        return today
