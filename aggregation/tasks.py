import logging

from celery import shared_task

from accounts.background import TenantTask
from accounts.models import Municipality
from accounts.tenancy import municipality_scope

from .rollup import recount_municipality
from .verification import differences
from .work import do_waiting_recounts, wake_waiting_recounts

log = logging.getLogger(__name__)


@shared_task(base=TenantTask, name="aggregation.tasks.roll_up", ignore_result=True)
def roll_up() -> None:
    """Recounts what waits in one municipality."""
    do_waiting_recounts()


@shared_task(name="aggregation.tasks.sweep_rollup_work", ignore_result=True)
def sweep_rollup_work() -> None:
    """Every half minute: wakes the recounts that nobody woke."""
    wake_waiting_recounts()


@shared_task(name="aggregation.tasks.verify_sums_nightly", ignore_result=True)
def verify_sums_nightly() -> None:
    """Recounts every municipality with independent SQL; a difference is an alarm, and is repaired."""
    for municipality in Municipality.objects.all():
        with municipality_scope(municipality):
            found = differences()
            if found:
                log.error("%s: %s sums differ from the results; recounting", municipality.code, len(found))
                recount_municipality()
