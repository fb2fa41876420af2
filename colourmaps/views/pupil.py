from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..charts import chart_of, days_of
from ..timeline import series_of


@requires(Permission.SEE_PUPILS, locate_pupil)
def pupil(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """One time line per indicator, and what has been done."""
    series = series_of(pupil)
    days = days_of(series)
    school_class = request.line[-1]
    record("pupil seen", by=request.user, unit=school_class, subject=pupil.key, pupils=[pupil.pk])
    new = reverse("interventions:intervention-new", args=[school_class.key])
    context = {
        "pupil": pupil,
        "breadcrumb": [*breadcrumb_of(request.sight, request.line), (pupil.shown_name, request.path)],
        "facts": [_("class %(name)s") % {"name": school_class.name}],
        "actions": [{"label": _("Decide on an intervention"), "url": f"{new}?pupil={pupil.key}", "kind": ""}],
        "charts": [chart_of(each, days) for each in series] if days else [],
        "empty_title": _("No results yet"),
        "empty_text": _("They appear here when a file of results has been imported."),
    }
    return render(request, "colourmaps/pupil.html", context)
