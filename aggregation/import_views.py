"""Whether the sums of what an import touched are counted: no figures, only how far the counting is."""

from __future__ import annotations

from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.roles import Permission
from accounts.web import MunicipalityRequest, requires_for_all
from colourmaps.models import ImportBatch

from .models import LastCount, RollupWork


@requires_for_all(Permission.IMPORT_RESULTS)
@require_GET
def import_sums(request: MunicipalityRequest, key: str) -> HttpResponse:
    """A part of the receipt, which asks for itself while something waits; as a page of its own it has a frame."""
    batch = ImportBatch.objects.filter(key=key).first()
    if batch is None:
        raise Http404
    n_waiting, sentence = state_of_sums(batch)
    context = {
        "batch": batch,
        "address": reverse("aggregation:import-sums", args=[batch.key]),
        "is_waiting": n_waiting > 0,
        "sentence": sentence,
        "breadcrumb": [
            (_("Import"), reverse("colourmaps:import-list")),
            (batch.file_name, reverse("colourmaps:import", args=[batch.key])),
        ],
    }
    template = "import_sums_part" if request.htmx else "import_sums"
    return render(request, f"aggregation/{template}.html", context)


def state_of_sums(batch: ImportBatch) -> tuple[int, str]:
    """(sums of classes that wait to be counted, a sentence on that)."""
    touched = {"unit__in": batch.counts.get("classes", []), "round__in": batch.counts.get("rounds", [])}
    n_waiting = RollupWork.objects.filter(**touched).count()
    if n_waiting:
        words = ngettext(
            "The figures are being counted: %(n)s class is left.",
            "The figures are being counted: %(n)s classes are left.",
            n_waiting,
        )
        return n_waiting, words % {"n": n_waiting}
    counted_at = LastCount.objects.filter(**touched).aggregate(last=Max("counted_at"))["last"]
    if counted_at is None:
        return 0, _("The import has touched no figures.")
    when = date_format(localtime(counted_at), "SHORT_DATETIME_FORMAT")
    return 0, _("The figures of the schools are up to date (counted %(when)s).") % {"when": when}
