"""The answers to what an import asks about pupils."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.web import MunicipalityRequest

from ..decision_form import DecisionForm
from ..importing import lifecycle
from ..models import ImportState
from .imports import door, find_file, refuse, show_import, take_step


@door
@require_POST
def import_decide(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Reads the file again with the answers."""
    batch = find_file(key)
    if batch.state != ImportState.UNDERSTOOD:
        return refuse(request, batch, lifecycle.moved_on())
    form = DecisionForm(request.POST, batch=batch, today=request.sight.today)
    if not form.is_valid():
        return show_import(request, batch, answers=form, status=422)
    return take_step(
        request,
        batch,
        lifecycle.decide,
        decisions=form.decisions,
        preview=request.POST.get("preview", ""),
    )
