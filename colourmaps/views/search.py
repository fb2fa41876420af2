from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.web import MunicipalityRequest, signed_in, unit_url

from ..search import find

# Longer than any name.
LONGEST = 100


@signed_in
@limited(Limited.SEARCHES)
def search(request: MunicipalityRequest) -> HttpResponse:
    """What a name finds. Sent by POST, so that no pupil's name stands in an address or a log."""
    if request.method != "POST":
        return redirect("start")
    text = request.POST.get("q", "").strip()[:LONGEST]
    findings = find(text, request.sight)
    if findings.enrolments:
        record(
            "pupils found", by=request.user, pupils=[enrolment.pupil_id for enrolment in findings.enrolments]
        )
    context = {
        "text": text,
        "findings": findings,
        "units": [(unit, unit_url(unit)) for unit in findings.units],
    }
    return render(request, "colourmaps/search.html", context)
