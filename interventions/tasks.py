from celery import shared_task

from . import services


@shared_task(name="interventions.tasks.freeze_due_baselines", ignore_result=True)
def freeze_due_baselines() -> None:
    """Every morning: the baselines of the interventions that begin that day."""
    services.freeze_due_baselines()
