import logging

from celery import shared_task

from accounts.background import TenantTask
from accounts.bells import heard, wake, wake_once, wake_once_in
from accounts.models import Municipality
from accounts.tenancy import current_municipality, municipality_scope
from colourmaps.services import restamp_all

from .release_requests import RELEASE
from .release_work import ask_for_rounds_that_may_be_shown_now, do_waiting_releases, wake_waiting_releases
from .rollup import recount_municipality
from .verification import differences
from .work import ROLL_UP, SECONDS_OF_A_TURN, Ended, do_waiting_recounts, wake_waiting_recounts

log = logging.getLogger(__name__)

SECONDS_TO_LOOK_AGAIN = 2
VERIFY = "aggregation.tasks.verify_sums"


@shared_task(base=TenantTask, name="aggregation.tasks.roll_up", ignore_result=True)
def roll_up() -> None:
    """Recounts what waits in one municipality, for one turn.

    What is left is rung for again: behind the other municipalities that wait, or when the worker that is at it now may
    be done. If no broker hears that, the sweep finds it.
    """
    heard(ROLL_UP, current_municipality().pk)
    ended = do_waiting_recounts(seconds=SECONDS_OF_A_TURN)
    if ended is Ended.TIME_IS_UP:
        wake_once(ROLL_UP, current_municipality().pk)
    elif ended is Ended.ANOTHER_IS_AT_IT:
        wake_once_in(SECONDS_TO_LOOK_AGAIN, ROLL_UP, current_municipality().pk)


@shared_task(name="aggregation.tasks.sweep_rollup_work", ignore_result=True)
def sweep_rollup_work() -> None:
    """Every half minute: wakes the recounts that nobody woke."""
    wake_waiting_recounts()


@shared_task(base=TenantTask, name=RELEASE, ignore_result=True)
def release_rounds() -> None:
    """Releases what waits in one municipality to those who see no pupils."""
    heard(RELEASE, current_municipality().pk)
    do_waiting_releases()


@shared_task(name="aggregation.tasks.sweep_release_work", ignore_result=True)
def sweep_release_work() -> None:
    """Every half minute: wakes the releases that nobody woke."""
    wake_waiting_releases()


@shared_task(name="aggregation.tasks.release_rounds_that_are_over", ignore_result=True)
def release_rounds_that_are_over() -> None:
    """Every night: what was too early is shown when the round's last day has passed, and what leaked is tried again."""
    for municipality in Municipality.objects.all():
        with municipality_scope(municipality):
            ask_for_rounds_that_may_be_shown_now()


@shared_task(name="aggregation.tasks.verify_sums_nightly", ignore_result=True)
def verify_sums_nightly() -> None:
    """Has every municipality verified, each by a task of its own: none waits for, or fails with, another."""
    for municipality_id in Municipality.objects.values_list("pk", flat=True):
        wake(VERIFY, municipality_id)


@shared_task(base=TenantTask, name=VERIFY, ignore_result=True)
def verify_sums() -> None:
    """Recounts one municipality with independent SQL; a difference is an alarm, and is repaired."""
    do_waiting_recounts()
    # Looked at twice: a result that is saved in between the two readings is no difference.
    found = differences() and differences()
    if found:
        log.error("%s: %s sums differ from the results; recounting", current_municipality().code, len(found))
        restamp_all()
        recount_municipality()
