"""Import of a file in one page with three steps. Every button asks importing/lifecycle.py for one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import record
from accounts.limited import Limited, limited
from accounts.models import JobState
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, configure_table, requires_for_all

from .. import decision_pages, import_mapping_page, import_pages, uploads
from ..decision_form import DecisionForm
from ..exporting.refused_rows import refused_rows_name
from ..forms import MappingForm, UploadForm
from ..importing import lifecycle
from ..importing.named import pupils_of
from ..importing.same_file import import_going_on
from ..models import ImportBatch, ImportKind, ImportState
from ..tables import ImportTable

ROWS_PER_PAGE = 25
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

door: Callable[[Callable], Callable] = requires_for_all(Permission.IMPORT_RESULTS)


@door
@require_GET
def import_list(request: MunicipalityRequest) -> HttpResponse:
    """The field for a new file, and the imports that there have been."""
    return _show_list(request, UploadForm())


@door
@require_POST
def import_upload(request: MunicipalityRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_list(request, form, status=422)
    batch = lifecycle.upload_file(
        upload=form.cleaned_data["file"], mapping=form.cleaned_data["mapping"], by=request.user
    )
    return redirect("colourmaps:import", batch.key)


@door
@require_GET
def import_page(request: MunicipalityRequest, key: str) -> HttpResponse:
    batch = find_import(key)
    if batch.kind == ImportKind.FILLED_IN:
        return redirect("colourmaps:filled-in", batch.key)
    return show_import(request, batch)


@door
@require_GET
def import_progress(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The progress part of the page, asked for every second; makes the page reload when the work has ended.

    Writes nothing: on SQLite it would wait for the import itself.
    """
    batch = find_import(key)
    return show_progress(request, batch, import_pages.progress_on(batch))


@door
@require_POST
def import_mapping(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Reads the file again as the form says."""
    batch = find_file(key)
    if batch.state != ImportState.UNDERSTOOD:
        return refuse(request, batch, lifecycle.moved_on())
    form = MappingForm(request.POST, batch=batch, today=request.sight.today)
    if not form.is_valid():
        return show_import(request, batch, form=form, status=422)
    return take_step(
        request,
        batch,
        lifecycle.correct_mapping,
        mapping=form.mapping,
        adds_pupils=form.cleaned_data["adds_pupils"],
        preview=request.POST.get("preview", ""),
    )


@door
@require_POST
def import_afresh(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Forgets how files of this kind were read before, and reads this one as it explains itself."""
    return take_step(
        request, find_file(key), lifecycle.propose_afresh, preview=request.POST.get("preview", "")
    )


@door
@require_POST
def import_confirm(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(
        request, find_file(key), lifecycle.confirm_import, preview=request.POST.get("preview", "")
    )


@door
@require_POST
def import_throw_away(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(request, find_file(key), lifecycle.throw_away, preview=request.POST.get("preview", ""))


@door
@require_POST
def import_retry(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(request, find_file(key), lifecycle.retry_import)


@door
@require_POST
def import_cancel(request: MunicipalityRequest, key: str) -> HttpResponse:
    return take_step(request, find_file(key), lifecycle.cancel_import)


@door
@require_GET
@limited(Limited.EXPORTS)
def import_refused(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The rows that were left out, as a workbook to mend and send in alone. The job has made it beside the file."""
    batch = find_import(key)
    if not import_pages.has_refused_rows(batch):
        raise Http404
    record(
        "refused rows downloaded",
        by=request.user,
        subject=batch.key,
        pupils=pupils_of(batch),
        rows=batch.counts["left_out"],
    )
    return _download(uploads.path_beside(batch.stored_as), refused_rows_name(batch.file_name), WORKBOOK_TYPE)


@door
@require_GET
@limited(Limited.EXPORTS)
def import_file(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The file as it was uploaded, under its own name. Never opened in the browser, whatever it says that it is."""
    batch = find_import(key)
    if not import_pages.has_file(batch):
        raise Http404
    record("import file downloaded", by=request.user, subject=batch.key, pupils=pupils_of(batch))
    return _download(uploads.path_of(batch.stored_as), batch.file_name, "application/octet-stream")


def _download(path: Path, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(path.read_bytes(), content_type=content_type, headers=headers)


def find_import(key: str) -> ImportBatch:
    """The import that an address names; another municipality's is as unknown as one that never was."""
    batch = ImportBatch.objects.select_related("by", "job__by").filter(key=key).first()
    if batch is None:
        raise Http404
    return batch


def find_file(key: str) -> ImportBatch:
    """As find_import, for the steps of a file: a colour map that was filled in has its own, which ask for more."""
    batch = find_import(key)
    if batch.kind != ImportKind.FILE:
        raise Http404
    return batch


def take_step(
    request: MunicipalityRequest, batch: ImportBatch, step: Callable[..., None], **arguments: Any
) -> HttpResponse:
    try:
        step(batch=batch, by=request.user, **arguments)
    except lifecycle.ImportRefused as refusal:
        return refuse(request, batch, str(refusal))
    return redirect(page_of(batch), batch.key)


def refuse(request: HttpRequest, batch: ImportBatch, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(page_of(batch), batch.key)


def page_of(batch: ImportBatch) -> str:
    """Name of the address at which a file of its kind is shown."""
    return "colourmaps:filled-in" if batch.kind == ImportKind.FILLED_IN else "colourmaps:import"


def show_progress(request: MunicipalityRequest, batch: ImportBatch, progress: dict[str, Any]) -> HttpResponse:
    """progress: for components/progress.html, which is a part of the page and no page of its own."""
    if not request.htmx:
        return redirect(page_of(batch), batch.key)
    response = render(request, "components/progress.html", {"progress": progress})
    if progress["finished"]:
        response["HX-Refresh"] = "true"
    return response


def _show_list(request: MunicipalityRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    table = ImportTable(ImportBatch.objects.select_related("by", "job").order_by("-uploaded_at", "-pk"))
    configure_table(request, table, ROWS_PER_PAGE)
    return render(request, "colourmaps/import_list.html", {"form": form, "table": table}, status=status)


def show_import(
    request: MunicipalityRequest,
    batch: ImportBatch,
    *,
    form: MappingForm | None = None,
    answers: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of the import where it stands. form, answers: as they were sent in, if they cannot be taken."""
    context: dict[str, Any] = {
        "batch": batch,
        "heading": _("Import results"),
        "breadcrumb": [
            (_("Import"), reverse("colourmaps:import-list")),
            (batch.file_name, reverse("colourmaps:import", args=[batch.key])),
        ],
        "facts": import_pages.page_facts(batch),
        "steps": import_pages.steps_of(batch),
        "list_url": reverse("colourmaps:import-list"),
    }
    template, more = _step(request, batch, form, answers)
    return render(request, f"colourmaps/{template}.html", context | more, status=status)


def _step(
    request: MunicipalityRequest,
    batch: ImportBatch,
    form: MappingForm | None,
    answers: DecisionForm | None,
) -> tuple[str, dict[str, Any]]:
    """(template, its context) of where the import stands."""
    if lifecycle.is_at_work(batch):
        return "import_at_work", {"progress": import_pages.progress_on(batch)}
    if lifecycle.has_stopped(batch) or batch.state == ImportState.CANCELLED:
        return "import_stopped", {"file": import_pages.file_of(batch)}
    if batch.state == ImportState.UNDERSTOOD:
        preview = _preview(batch, form or MappingForm(batch=batch, today=request.sight.today))
        decisions = decision_pages.decisions_on(batch, request.sight.today, answers)
        seen = {*preview["changes"].pupils, *decisions.pupil_ids}
        record("import preview seen", by=request.user, subject=batch.key, pupils=seen)
        return "import_preview", preview | {"decisions": decisions}
    if batch.state in (ImportState.IMPORTED, ImportState.UNDONE):
        receipt = _receipt(request, batch)
        record("import receipt seen", by=request.user, subject=batch.key, pupils=receipt["changes"].pupils)
        return "import_receipt", receipt
    return "import_failed", {}


def _preview(batch: ImportBatch, form: MappingForm) -> dict[str, Any]:
    return {
        "problems": import_pages.problems_of(batch),
        "preview": import_pages.preview_facts(batch),
        "is_impossible": batch.counts["has_failed"] or import_pages.refuses_all(batch.counts),
        "changes_nothing": import_pages.changes_nothing(batch.counts),
        "confirm_label": import_pages.confirm_label(batch.counts),
        "preview_key": batch.job.key if batch.job else "",
        "form": form,
        "mapping": import_mapping_page.mapping_page(batch, form),
        "unknown_pupils": import_pages.unknown_pupils_in_words(batch),
        "refused": import_pages.refused_of(batch),
        "changes": import_pages.changes_of(batch),
        "going_on": import_going_on(batch),
        "was_cancelled": batch.job is not None and batch.job.state == JobState.CANCELLED,
        "file": import_pages.file_of(batch),
    }


def _receipt(request: MunicipalityRequest, batch: ImportBatch) -> dict[str, Any]:
    schools = import_pages.touched_classes(batch, request.sight)
    is_undone = batch.state == ImportState.UNDONE
    return {
        "problems": import_pages.problems_of(batch),
        "sentence": import_pages.receipt_sentence(batch),
        "receipt": import_pages.receipt_facts(batch),
        "undone": import_pages.undone_facts(batch),
        "undo_refusal": "" if is_undone else import_pages.undo_refusal(batch),
        "undo_url": "" if is_undone else reverse("colourmaps:import-undo", args=[batch.key]),
        "schools": schools,
        "has_many_schools": len(schools) > import_pages.MANY_SCHOOLS,
        "sums_url": reverse("aggregation:import-sums", args=[batch.key]),
        "refused": import_pages.refused_of(batch),
        "changes": import_pages.changes_of(batch),
        "file": import_pages.file_of(batch),
    }
