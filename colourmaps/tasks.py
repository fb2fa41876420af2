"""The jobs of an import. `language` is that of the page that asked; JobTask speaks it (accounts/background.py)."""

from celery import shared_task

from accounts.background import JobTask
from accounts.models import Job

from .importing import lifecycle
from .models import ImportBatch


@shared_task(base=JobTask, name="colourmaps.tasks.read_import", ignore_result=True)
def read_import(job: Job, *, batch: int, language: str = "") -> None:
    lifecycle.read_import(job, ImportBatch.objects.select_related("by").get(pk=batch))


@shared_task(base=JobTask, name="colourmaps.tasks.apply_import", ignore_result=True)
def apply_import(job: Job, *, batch: int, language: str = "") -> None:
    lifecycle.apply_import(job, ImportBatch.objects.select_related("by").get(pk=batch))
