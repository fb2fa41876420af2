from celery import shared_task

from .background import HEAVY, LIGHT, wake_waiting_jobs
from .turns import do_next_job


@shared_task(name=LIGHT, ignore_result=True)
def do_light_job() -> None:
    """A door-bell: whichever light job has its turn."""
    do_next_job(is_heavy=False)


@shared_task(name=HEAVY, ignore_result=True)
def do_heavy_job() -> None:
    """A door-bell: whichever heavy job has its turn."""
    do_next_job(is_heavy=True)


@shared_task(name="accounts.tasks.sweep_jobs", ignore_result=True)
def sweep_jobs() -> None:
    """Every half minute: wakes the jobs that nobody woke."""
    wake_waiting_jobs()
