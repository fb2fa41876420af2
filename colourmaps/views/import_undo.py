"""Undoing an import: first what that will do, in numbers, then the doing as a job."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.audit import record
from accounts.web import MunicipalityRequest

from .. import import_pages
from ..importing import lifecycle
from ..models import ImportBatch, ImportState
from .imports import door, find_import


@door
@require_http_methods(["GET", "POST"])
def import_undo(request: MunicipalityRequest, key: str) -> HttpResponse:
    """GET shows the effect and asks; POST accepts the job, which works out the effect anew."""
    batch = find_import(key)
    address = reverse("colourmaps:import", args=[batch.key])
    if batch.state != ImportState.IMPORTED:
        messages.error(request, lifecycle.moved_on())
        return redirect(address)
    if request.method == "POST":
        return _ask(request, batch, address)
    record("import undo seen", by=request.user, subject=batch.key)
    context = {
        "batch": batch,
        "heading": _("Undo the import"),
        "breadcrumb": [
            (_("Import"), reverse("colourmaps:import-list")),
            (batch.file_name, address),
            (_("Undo"), request.path),
        ],
        "facts": import_pages.page_facts(batch),
        "steps": import_pages.steps_of(batch),
        "list_url": reverse("colourmaps:import-list"),
        "back_url": address,
        "undo": import_pages.undo_page(batch),
    }
    return render(request, "colourmaps/import_undo.html", context)


def _ask(request: MunicipalityRequest, batch: ImportBatch, address: str) -> HttpResponse:
    try:
        lifecycle.undo_import(batch=batch, by=request.user)
    except lifecycle.ImportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(address)
