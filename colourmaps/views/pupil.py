from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
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
from ..charts import chart_of, days_of
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
