"""A workbook that was handed back: what would change, the answers to conflicts, the saving and the undoing.

For whoever handed it in, while the classes are theirs, and for those who import for the municipality; to everybody
else it does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.audit import record
from accounts.models import JobState, Unit
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_somewhere

from .. import import_pages
from ..filling_in import presentation
from ..filling_in.deciding import confirm_filled_in, decide_conflicts, promise_of
from ..filling_in.kept_cells import conflicts_in
from ..filling_in.merge import Answer
from ..importing import lifecycle
from ..models import ImportBatch, ImportKind, ImportState
from .imports import refuse, show_progress, take_step

door: Callable[[Callable], Callable] = requires_somewhere(Permission.RECORD_RESULTS)
HAS_RECEIPT = (ImportState.IMPORTED, ImportState.UNDONE)


@door
@require_GET
def filled_in(request: MunicipalityRequest, key: str) -> HttpResponse:
    batch = _find(request, key)
    context = _frame(batch)
    if lifecycle.is_at_work(batch):
        context["progress"] = _progress(batch)
        return render(request, "colourmaps/filled_in_at_work.html", context)
    if lifecycle.has_stopped(batch) or batch.state == ImportState.CANCELLED:
        context["file"] = import_pages.file_of(batch)
        return render(request, "colourmaps/filled_in_stopped.html", context)
    if batch.state == ImportState.UNDERSTOOD:
        return _show_cells(request, batch, "filled_in_preview", context | _preview(batch))
    if batch.state in HAS_RECEIPT:
        return _show_cells(request, batch, "filled_in_receipt", context | _receipt(request, batch))
    return render(request, "colourmaps/filled_in_failed.html", context)


@door
@require_GET
def filled_in_progress(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The progress part of the page, asked for every second; makes the page reload when the work has ended."""
    batch = _find(request, key)
    return show_progress(request, batch, _progress(batch))


@door
@require_POST
def filled_in_decide(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Keeps the answers of the form; one of the two buttons answers all questions alike."""
    batch = _find(request, key)
    try:
        decide_conflicts(
            batch=batch, answers=_answers(request, batch), by=request.user, promise=_promise(request)
        )
    except lifecycle.ImportRefused as refusal:
        if request.htmx:
            # Only the button would be put in its place, beside answers that are not those of the server.
            messages.error(request, str(refusal))
            return HttpResponse(headers={"HX-Refresh": "true"})
        return refuse(request, batch, str(refusal))
    return redirect("colourmaps:filled-in", batch.key)


@door
@require_POST
def filled_in_confirm(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Saves. Answers that the button did not know of when it was pressed are kept first, and it is to be read again."""
    batch = _find(request, key)
    promise = _promise(request)
    try:
        answers = presentation.answers_in(request.POST)
        if answers and decide_conflicts(batch=batch, answers=answers, by=request.user, promise=promise):
            messages.info(request, _("Your answers are kept. Check the numbers on the button, and save."))
        else:
            confirm_filled_in(batch=batch, by=request.user, promise=promise)
    except lifecycle.ImportRefused as refusal:
        return refuse(request, batch, str(refusal))
    return redirect("colourmaps:filled-in", batch.key)


@door
@require_POST
def filled_in_retry(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(request, _find(request, key), lifecycle.retry_import)


@door
@require_POST
def filled_in_cancel(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(request, _find(request, key), lifecycle.cancel_import)


@door
@require_http_methods(["GET", "POST"])
def filled_in_undo(request: MunicipalityRequest, key: str) -> HttpResponse:
    """GET shows the effect and asks; POST accepts the job."""
    batch = _find(request, key)
    if batch.state != ImportState.IMPORTED:
        return refuse(request, batch, lifecycle.moved_on())
    if request.method == "POST":
        return take_step(request, batch, lifecycle.undo_import)
    record("import undo seen", by=request.user, subject=batch.key)
    context = _frame(batch) | {
        "undo": import_pages.undo_page(batch),
        "back_url": presentation.address_of(batch),
    }
    return render(request, "colourmaps/filled_in_undo.html", context)


def _find(request: MunicipalityRequest, key: str) -> ImportBatch:
    batch = (
        ImportBatch.objects.select_related("by", "job__by", "undone_by")
        .filter(key=key, kind=ImportKind.FILLED_IN)
        .first()
    )
    imports_for_all = request.sight.has_for_all(Permission.IMPORT_RESULTS)
    if batch is None or not (batch.by == request.user or imports_for_all):
        raise Http404
    if not imports_for_all:
        for unit in Unit.objects.filter(pk__in=batch.counts.get("of_classes", [])):
            request.sight.check(Permission.RECORD_RESULTS, unit)
    return batch


def _frame(batch: ImportBatch) -> dict[str, Any]:
    address = presentation.address_of(batch)
    return {
        "batch": batch,
        "heading": _("Filled-in results"),
        "breadcrumb": [
            (_("Fill in results"), reverse("colourmaps:fill-in-list")),
            (batch.file_name, address),
        ],
        "facts": presentation.page_facts(batch),
        "steps": import_pages.steps_of(batch),
        "list_url": reverse("colourmaps:fill-in-list"),
    }


def _progress(batch: ImportBatch) -> dict[str, Any]:
    progress = import_pages.progress_on(batch)
    return progress | {
        "poll_url": presentation.address_of(batch, "filled-in-progress"),
        "note": _(
            "You can leave this page. The work goes on, and the workbook stands among those handed in."
        ),
    }


def _show_cells(
    request: MunicipalityRequest, batch: ImportBatch, template: str, context: dict[str, Any]
) -> HttpResponse:
    cells = presentation.shown_cells(batch)
    record(f"{template.replace('_', ' ')} seen", by=request.user, subject=batch.key, pupils=cells.pupil_ids)
    return render(request, f"colourmaps/{template}.html", context | {"cells": cells})


def _preview(batch: ImportBatch) -> dict[str, Any]:
    return {
        "problems": import_pages.problems_of(batch),
        "sentences": presentation.preview_sentences(batch),
        "promise": promise_of(batch),
        "was_cancelled": batch.job is not None and batch.job.state == JobState.CANCELLED,
        "confirm_label": presentation.confirm_label(batch),
        "changes_nothing": presentation.changes_nothing(batch),
    }


def _receipt(request: MunicipalityRequest, batch: ImportBatch) -> dict[str, Any]:
    counts = batch.counts
    return {
        "problems": import_pages.problems_of(batch),
        "undo_refusal": import_pages.undo_refusal(batch),
        "sentence": presentation.receipt_sentence(batch),
        "receipt": presentation.receipt_facts(batch),
        "schools": _visible_classes(request, batch),
        "sums_url": _sums_url(request, batch),
        "can_undo": batch.state == ImportState.IMPORTED and counts["new"] + counts["changed"] > 0,
    }


def _visible_classes(
    request: MunicipalityRequest, batch: ImportBatch
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The touched classes that the person may know of: where a pupil was counted before is nobody's news."""
    schools = import_pages.touched_classes(batch, request.sight)
    if request.sight.has_for_all(Permission.IMPORT_RESULTS):
        return schools
    seen = [(school, [(name, url) for name, url in classes if url]) for school, classes in schools]
    return [(school, classes) for school, classes in seen if classes]


def _sums_url(request: MunicipalityRequest, batch: ImportBatch) -> str:
    """How far the figures above the class are; "" for who does not import, to whom that page is closed."""
    if not request.sight.has_for_all(Permission.IMPORT_RESULTS):
        return ""
    return reverse("aggregation:import-sums", args=[batch.key])


def _promise(request: HttpRequest) -> str:
    return request.POST.get("preview", "")


def _answers(request: HttpRequest, batch: ImportBatch) -> dict[int, Answer]:
    same_for_all = request.POST.get("all", "")
    if same_for_all in presentation.ANSWERS:
        return dict.fromkeys(range(len(conflicts_in(batch))), Answer(same_for_all))
    return presentation.answers_in(request.POST)
