"""Import of a file in one page with three steps. Every button asks importing/lifecycle.py for one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import record
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, configure_table, requires_for_all

from .. import import_pages, uploads
from ..exporting.refused_rows import refused_rows, refused_rows_name
from ..forms import MappingForm, UploadForm
from ..importing import lifecycle
from ..importing.kept import refusals_of
from ..importing.mapping_file import mapping_from_json
from ..importing.vocabulary import scales
from ..importing.workbook import UnreadableFile, read_workbook
from ..models import ImportBatch, ImportState
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
    return _show(request, _find(key))


@door
@require_GET
def import_progress(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The progress part of the page, asked for every second; makes the page reload when the work has ended.

    Writes nothing: on SQLite it would wait for the import itself.
    """
    batch = _find(key)
    if not request.htmx:
        return redirect("colourmaps:import", batch.key)
    progress = import_pages.progress_on(batch)
    response = render(request, "components/progress.html", {"progress": progress})
    if progress["finished"]:
        response["HX-Refresh"] = "true"
    return response


@door
@require_POST
def import_mapping(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Reads the file again as the form says."""
    batch = _find(key)
    if batch.state != ImportState.UNDERSTOOD:
        return _refuse(request, batch, lifecycle.moved_on())
    form = MappingForm(request.POST, batch=batch, today=request.sight.today)
    if not form.is_valid():
        return _show(request, batch, form=form, status=422)
    return _take_step(
        request,
        batch,
        lifecycle.correct_mapping,
        mapping=form.mapping,
        adds_pupils=form.cleaned_data["adds_pupils"],
        preview=request.POST.get("preview", ""),
    )


@door
@require_POST
def import_confirm(request: MunicipalityRequest, key: str) -> HttpResponse:
    return _take_step(request, _find(key), lifecycle.confirm_import, preview=request.POST.get("preview", ""))


@door
@require_POST
def import_retry(request: MunicipalityRequest, key: str) -> HttpResponse:
    return _take_step(request, _find(key), lifecycle.retry_import)


@door
@require_GET
def import_refused(request: MunicipalityRequest, key: str) -> HttpResponse:
    """The rows that were left out, as a workbook to mend and send in alone."""
    batch = _find(key)
    refusals = refusals_of(batch)
    if not refusals or not has_file(batch):
        raise Http404
    try:
        workbook = read_workbook(uploads.path_of(batch.stored_as))
        content = refused_rows(workbook, mapping_from_json(batch.mapping), scales(), refusals)
    except UnreadableFile as error:
        return _refuse(request, batch, str(error))
    except ValueError as error:  # since then the file is read in another way, and none of the rows is refused
        raise Http404 from error
    record("refused rows downloaded", by=request.user, subject=batch.key, rows=batch.counts["left_out"])
    file_name = refused_rows_name(batch.file_name)
    headers = {"Content-Disposition": content_disposition_header(True, file_name) or "attachment"}
    return HttpResponse(content, content_type=WORKBOOK_TYPE, headers=headers)


def has_file(batch: ImportBatch) -> bool:
    """Whether the file itself is kept; those of the command line are not."""
    return bool(batch.stored_as) and uploads.path_of(batch.stored_as).exists()


def _find(key: str) -> ImportBatch:
    """The import that an address names; another municipality's is as unknown as one that never was."""
    batch = ImportBatch.objects.select_related("by", "job__by").filter(key=key).first()
    if batch is None:
        raise Http404
    return batch


def _take_step(
    request: MunicipalityRequest, batch: ImportBatch, step: Callable[..., None], **arguments: Any
) -> HttpResponse:
    try:
        step(batch=batch, by=request.user, **arguments)
    except lifecycle.ImportRefused as refusal:
        return _refuse(request, batch, str(refusal))
    return redirect("colourmaps:import", batch.key)


def _refuse(request: HttpRequest, batch: ImportBatch, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("colourmaps:import", batch.key)


def _show_list(request: MunicipalityRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    table = ImportTable(ImportBatch.objects.select_related("by", "job").order_by("-uploaded_at", "-pk"))
    configure_table(request, table, ROWS_PER_PAGE)
    return render(request, "colourmaps/import_list.html", {"form": form, "table": table}, status=status)


def _show(
    request: MunicipalityRequest, batch: ImportBatch, *, form: MappingForm | None = None, status: int = 200
) -> HttpResponse:
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
    if lifecycle.is_at_work(batch):
        return render(request, "colourmaps/import_at_work.html", context | _at_work(batch), status=status)
    if lifecycle.has_stopped(batch):
        return render(request, "colourmaps/import_stopped.html", context, status=status)
    if batch.state == ImportState.UNDERSTOOD:
        record("import preview seen", by=request.user, subject=batch.key)
        form = form or MappingForm(batch=batch, today=request.sight.today)
        return render(
            request, "colourmaps/import_preview.html", context | _preview(batch, form), status=status
        )
    if batch.state == ImportState.IMPORTED:
        record("import receipt seen", by=request.user, subject=batch.key)
        return render(
            request, "colourmaps/import_receipt.html", context | _receipt(request, batch), status=status
        )
    return render(request, "colourmaps/import_failed.html", context, status=status)


def _at_work(batch: ImportBatch) -> dict[str, Any]:
    return {"progress": import_pages.progress_on(batch)}


def _preview(batch: ImportBatch, form: MappingForm) -> dict[str, Any]:
    return {
        "problems": import_pages.problems_of(batch),
        "preview": import_pages.preview_facts(batch),
        "is_impossible": batch.counts["has_failed"] or import_pages.refuses_all(batch.counts),
        "changes_nothing": import_pages.changes_nothing(batch.counts),
        "confirm_label": import_pages.confirm_label(batch.counts),
        "preview_key": batch.job.key if batch.job else "",
        "sheets": import_pages.sheets_in_words(batch.understood),
        "form": form,
        "columns": import_pages.column_lines(form),
        "n_columns_beyond": len(form.columns_beyond),
        "unknown_pupils": import_pages.unknown_pupils_in_words(batch),
        "refused": _refused(batch),
    }


def _receipt(request: MunicipalityRequest, batch: ImportBatch) -> dict[str, Any]:
    schools = import_pages.touched_classes(batch, request.sight)
    return {
        "problems": import_pages.problems_of(batch),
        "sentence": import_pages.receipt_sentence(batch.counts),
        "receipt": import_pages.receipt_facts(batch),
        "schools": schools,
        "has_many_schools": len(schools) > import_pages.MANY_SCHOOLS,
        "refused": _refused(batch),
    }


def _refused(batch: ImportBatch) -> dict[str, str] | None:
    """The link to the rows that were left out, in words."""
    n_left_out = batch.counts.get("left_out", 0)
    if not n_left_out or not has_file(batch):
        return None
    return {
        "url": reverse("colourmaps:import-refused", args=[batch.key]),
        "label": import_pages.refused_label(n_left_out),
    }
