from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from colourmaps.queries import choose_round

from ..radar import radar_of


@requires(Permission.SEE_SUMS)
def improvements(request: MunicipalityRequest, unit: Unit) -> HttpResponse:
    """The biggest improvements at a unit and below it in a round, and what was running there at the time."""
    rounds, round_ = choose_round(request.GET.get("round"), request.sight.today, unit)
    record("improvements seen", by=request.user, unit=unit, subject=round_.key if round_ else "")
    context = {
        "unit": unit,
        "heading": _("Biggest improvements, %(unit)s") % {"unit": unit.name},
        "breadcrumb": breadcrumb_of(request.sight, request.line),
        "rounds": rounds,
        "round": round_,
        "radar": radar_of(unit, round_, request.sight) if round_ else None,
    }
    return render(request, "interventions/improvements.html", context)
