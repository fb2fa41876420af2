from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, breadcrumb_of, requires
from pupils.models import Pupil
from pupils.web import locate_pupil

from ..queries import READ, shared_results
from ..readings import readings_of
from ..shared import crossings_for
from ..words import decision_in_words


@requires(Permission.SEE_PUPILS, locate_pupil)
@require_GET
def shared(request: MunicipalityRequest, pupil: Pupil) -> HttpResponse:
    """What is shared with the reader today, under each decision. Nothing shared is answered like no such page."""
    crossings = crossings_for(pupil, request.sight, request.line)
    if not crossings:
        raise Http404
    parts = []
    for crossing in crossings:
        record(
            READ,
            by=request.user,
            unit=request.line[-1],
            subject=crossing.key,
            pupils=[pupil.pk],
            purpose=crossing.purpose,
            indicators=crossing.codes,
        )
        parts.append(
            {
                "until": date_format(crossing.last_on, "DATE_FORMAT"),
                "facts": decision_in_words(crossing, request.municipality),
                "readings": readings_of(shared_results(crossing)),
            }
        )
    context = {
        "pupil": pupil,
        "parts": parts,
        "breadcrumb": [
            *breadcrumb_of(request.sight, request.line),
            (pupil.shown_name, reverse("colourmaps:pupil", args=[pupil.key])),
            (pgettext("crossing", "Shared"), ""),
        ],
    }
    return render(request, "medical/shared.html", context)
