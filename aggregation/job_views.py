"""What is being worked on in the municipality: the jobs, how they ended, and the sums and releases that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.audit import record
from accounts.background import retry_job
from accounts.log_verification import newest_check
from accounts.models import Job, JobState, User
from accounts.roles import Permission
from accounts.web import MunicipalityRequest, configure_table, requires_for_all
from colourmaps.importing.lifecycle import ImportRefused, retry_import
from colourmaps.models import ImportBatch

from .job_tables import JobTable, can_be_retried, duration_in_words
from .release_words import release_lines
from .work import Waiting, waiting_recounts

ROWS_PER_PAGE = 25
FILTERS = {
    "": gettext_lazy("All"),
    JobState.RUNNING: gettext_lazy("Running"),
    JobState.WAITING: gettext_lazy("Waiting"),
    JobState.FAILED: gettext_lazy("Failed"),
    JobState.DONE: gettext_lazy("Done"),
    JobState.CANCELLED: gettext_lazy("Cancelled"),
}
GOING_ON = (JobState.RUNNING, JobState.WAITING)

door: Callable[[Callable], Callable] = requires_for_all(Permission.IMPORT_RESULTS)


@door
@require_GET
def job_list(request: MunicipalityRequest) -> HttpResponse:
    """The newest first; ?state= chooses. Its part asks for itself while something goes on."""
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in FILTERS else ""
    n_by_state = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    waiting = waiting_recounts()
    releases = release_lines()
    context = {
        "releases": releases,
        "check": newest_check(),
        "choices": _choices(chosen, n_by_state),
        "chosen": chosen,
        "has_jobs": bool(n_by_state),
        "table": _table(request, chosen),
        "sums": sums_in_words(waiting),
        "goes_on": bool(waiting.n_classes)
        or any(n_by_state.get(state) for state in GOING_ON)
        or any(not line.is_held for line in releases),
        "address": request.get_full_path(),
        "breadcrumb": [
            (_("Import"), reverse("colourmaps:import-list")),
            (_("Jobs"), reverse("aggregation:job-list")),
        ],
    }
    template = "job_list_part" if request.htmx else "job_list"
    return render(request, f"aggregation/{template}.html", context)


@door
@require_POST
def job_retry(request: MunicipalityRequest, key: str) -> HttpResponse:
    """Asks again for a job that failed. A second click finds that it has been asked for."""
    job = Job.objects.filter(key=key).first()
    if job is None:
        raise Http404
    if not _retry(job, request.user):
        messages.error(request, _("This job has already moved on. The list shows where it stands."))
    return redirect("aggregation:job-list")


def _retry(job: Job, by: User) -> bool:
    """An import knows how to be asked for again; it gets another job."""
    batch = ImportBatch.objects.select_related("job").filter(pk=job.arguments.get("batch")).first()
    if not can_be_retried(job, batch):
        return False
    if batch is not None:
        try:
            retry_import(batch=batch, by=by)
        except ImportRefused:
            return False
        return True
    if not retry_job(job):
        return False
    record("job retried", by=by, subject=job.key)
    return True


def _table(request: MunicipalityRequest, chosen: str) -> JobTable:
    jobs = Job.objects.select_related("by").order_by("-queued_at", "-pk")
    jobs = jobs.filter(state=chosen) if chosen else jobs
    now = timezone.now()
    heavy = Job.objects.filter(state=JobState.RUNNING, is_heavy=True, lease_until__gte=now)
    table = JobTable(jobs, now=now, has_heavy_running=heavy.exists())
    table.request = request  # its rows have forms; how it is ordered is asked below
    configure_table(request, table, ROWS_PER_PAGE)
    shown = [row.record for row in table.paginated_rows]
    ids = {job.arguments["batch"] for job in shown if "batch" in job.arguments}
    table.batches = ImportBatch.objects.select_related("job").in_bulk(ids)
    return table


def _choices(chosen: str, n_by_state: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "n": n_by_state.get(state, 0) if state else sum(n_by_state.values()),
            "url": f"?state={state}" if state else "?",
            "current": state == chosen,
        }
        for state, label in FILTERS.items()
    ]


def sums_in_words(waiting: Waiting) -> str:
    """ "Figures of 12 classes wait to be counted, the oldest for 14 s." """
    if waiting.since is None:
        return _("All figures are counted.")
    words = ngettext(
        "The figures of %(n)s class wait to be counted, for %(duration)s.",
        "The figures of %(n)s classes wait to be counted, the oldest for %(duration)s.",
        waiting.n_classes,
    )
    return words % {"n": waiting.n_classes, "duration": duration_in_words(timezone.now() - waiting.since)}
