from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires
from colourmaps.scales import Mark
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..forms import LONGEST_NOTE, NoteForm
from ..models import MedicalResult
from ..queries import crossings_of, history_of
from ..readings import Reading, readings_of
from ..services import Entry, record_medical
from ..tables import CrossingTable
from .classes import crumbs


@requires(Permission.SEE_MEDICAL, locate_pupil)
@require_http_methods(["GET", "HEAD", "POST"])
def pupil(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """All that medical pupil health knows of a pupil, what was corrected, and what has been shared with whom."""
    history = history_of(pupil.pk, request.sight.areas_at(request.line))
    if request.method == "POST":
        return _write_note(request, pupil, history)
    school_class = request.line[-1]
    record("medical pupil seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    crossings = crossings_of([pupil.pk])
    share = {"label": _("Share something"), "url": reverse("medical:share", args=[pupil.key]), "kind": ""}
    may_share = request.sight.can_in_line(Permission.SHARE_MEDICAL, request.line)
    has_any = any(result.superseded_at is None for result in history)
    context = {
        "pupil": pupil,
        "breadcrumb": [*crumbs(request.line), (pupil.shown_name, request.path)],
        "facts": [_("class %(name)s") % {"name": school_class.name}],
        "actions": [share] if may_share and has_any else [],
        "indicators": _by_indicator(readings_of(history)),
        "crossings": CrossingTable(crossings, on=request.sight.today, exclude=("pupil",), orderable=False)
        if crossings
        else None,
        "decisions": crossings,
    }
    return render(request, "medical/pupil.html", context)


def _by_indicator(readings: list[Reading]) -> list[dict[str, Any]]:
    """Each indicator with its results: those in force, each with a form for its note, and what they replaced."""
    groups: dict[str, dict[str, Any]] = {}
    for reading in readings:
        result = reading.result
        group = groups.setdefault(
            result.indicator.code, {"indicator": result.indicator, "now": [], "before": []}
        )
        if result.superseded_at is None:
            form = NoteForm(
                initial={"result": result.pk, "note": result.note}, auto_id=f"note-{result.pk}-%s"
            )
            group["now"].append((reading, form))
        else:
            group["before"].append(reading)
    return sorted(groups.values(), key=lambda each: (each["indicator"].position, each["indicator"].code))


def _write_note(request: MunicipalityRequest, pupil: Pupil, history: list[MedicalResult]) -> HttpResponse:
    """A note is a part of its result: another note is a correction, and the one before is kept."""
    form = NoteForm(request.POST)
    here = redirect("medical:pupil", pupil.key)
    if not form.is_valid():
        messages.error(request, _("The note is too long, at most %(n)s characters.") % {"n": LONGEST_NOTE})
        return here
    wanted = form.cleaned_data["result"]
    result = next((each for each in history if each.pk == wanted and each.superseded_at is None), None)
    if result is None:
        raise Http404
    entry = Entry(pupil.pk, result.indicator, result.value, Mark(result.mark), form.cleaned_data["note"])
    record_medical(
        entries=[entry], measured_on=result.measured_on, school_class=request.line[-1], by=request.user
    )
    messages.success(request, _("The note is saved."))
    return here
