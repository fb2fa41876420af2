from celery import shared_task

from .background import wake_waiting_jobs


@shared_task(name="accounts.tasks.sweep_jobs", ignore_result=True)
def sweep_jobs() -> None:
    """Every half minute: wakes the jobs that nobody woke."""
    wake_waiting_jobs()
