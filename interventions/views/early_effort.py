from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import AccessDenied
from accounts.models import Level, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires

from ..effort_reading import read_effort
from ..effort_words import Look, change_in_words, limits_for, rows_of


@requires(Permission.SEE_SUMS)
@require_GET
def early_effort(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """How early help comes at a unit and below it, and how much of the resources before the age of ten."""
    look = look_of(request, unit)
    effort = read_effort(request.municipality, request.sight.today)
    rows = rows_of(effort, [above.pk for above in request.line], look, request.sight.today)
    context = {
        "heading": _("Early effort, %(unit)s") % {"unit": unit.name},
        "rows": rows,
        "change": change_in_words(rows, look),
        "limits": look.limits,
        "is_municipality": unit.level == Level.MUNICIPALITY,
        "breadcrumb": breadcrumb_of(request.sight, request.line),
    }
    return render(request, "interventions/early_effort.html", context)


def look_of(request: MunicipalityRequest, unit: Unit) -> Look:
    """Raises AccessDenied where nothing can be told without telling of single pupils."""
    if unit.level > Level.SCHOOL:
        raise AccessDenied(_("This is told from the school upwards."))
    if request.sight.can_in_line(Permission.SEE_PUPILS, request.line):
        return Look()
    if unit.level == Level.SCHOOL:
        raise AccessDenied(
            _("Your role sees this from the area upwards, so that no single pupil can be made out.")
        )
    tier, municipality = request.sight.tier_in_line(request.line), request.municipality
    return Look(limits_for(municipality.smallest_base, municipality.smallest_count, tier), tier)
