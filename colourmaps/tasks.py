"""The jobs of an import. `language` is that of the page that asked; JobTask speaks it (accounts/background.py)."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.background import JobTask
from accounts.models import Job, Municipality
from accounts.tenancy import municipality_scope
from pupils.models import Pupil

from .importing import jobs, protected
from .importing.retention import remove_old_files
from .importing.undo import run_undo
from .models import ImportBatch


@shared_task(base=JobTask, name="colourmaps.tasks.read_import", label=_("reading a file"), ignore_result=True)
def read_import(job: Job, *, batch: int, language: str = "") -> None:
    jobs.read_import(job, ImportBatch.objects.select_related("by").get(pk=batch))


@shared_task(base=JobTask, name="colourmaps.tasks.apply_import", label=_("importing"), ignore_result=True)
def apply_import(job: Job, *, batch: int, language: str = "") -> None:
    jobs.apply_import(job, ImportBatch.objects.select_related("by").get(pk=batch))


@shared_task(
    base=JobTask, name="colourmaps.tasks.undo_import", label=_("undoing an import"), ignore_result=True
)
def undo_import(job: Job, *, batch: int, language: str = "") -> None:
    run_undo(job, ImportBatch.objects.get(pk=batch))


@shared_task(
    base=JobTask,
    name="colourmaps.tasks.remove_files_that_name",
    label=_("removing files that name a protected pupil"),
    ignore_result=True,
)
def remove_files_that_name(job: Job, *, pupil: int) -> None:
    protected.remove_files_that_name(Pupil.objects.get(pk=pupil))


@shared_task(name="colourmaps.tasks.remove_old_files", ignore_result=True)
def remove_old_files_nightly() -> None:
    """The files of every municipality that have been kept as long as it wants."""
    for municipality in Municipality.objects.all():
        with municipality_scope(municipality):
            remove_old_files()
