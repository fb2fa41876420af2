from celery import shared_task
from django.utils.translation import gettext_lazy as _

from . import retention
from .background import HEAVY, LIGHT, JobTask, TenantTask, wake_waiting_jobs
from .bells import heard, wake, wake_once
from .log_verification import check_log
from .models import ExportedFile, Job, Municipality, RetentionRun
from .municipality_file import keeping
from .sealing import has_waiting, seal_events
from .signed_in import SessionStore
from .tenancy import current_municipality, municipality_scope
from .turns import do_next_job

SEAL, VERIFY_LOG = "accounts.tasks.seal_log", "accounts.tasks.verify_log"


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


@shared_task(name="accounts.tasks.sweep_log", ignore_result=True)
def sweep_log() -> None:
    """Every minute: has the events sealed that no seal covers yet, each municipality by a task of its own."""
    for municipality in Municipality.objects.all():
        with municipality_scope(municipality):
            is_waiting = has_waiting()
        if is_waiting:
            wake_once(SEAL, municipality.pk)


@shared_task(base=TenantTask, name=SEAL, ignore_result=True)
def seal_log() -> None:
    heard(SEAL, current_municipality().pk)
    seal_events()


@shared_task(name="accounts.tasks.verify_logs_nightly", ignore_result=True)
def verify_logs_nightly() -> None:
    """Has every municipality's log verified, each by a task of its own: none waits for, or fails with, another."""
    for municipality_id in Municipality.objects.values_list("pk", flat=True):
        wake(VERIFY_LOG, municipality_id)


@shared_task(base=TenantTask, name=VERIFY_LOG, ignore_result=True)
def verify_log_of_municipality() -> None:
    seal_events()
    check_log()


@shared_task(name="accounts.tasks.remove_ended_sessions", ignore_result=True)
def remove_ended_sessions() -> None:
    """Nightly: sessions that ended by themselves open nothing, and need not be kept."""
    SessionStore.clear_expired()


@shared_task(base=JobTask, name=keeping.EXPORT, label=_("exporting the municipality"), ignore_result=True)
def export_municipality(job: Job, *, file_id: int) -> None:
    keeping.make_export(job, ExportedFile.objects.get(pk=file_id))


@shared_task(base=JobTask, name=retention.REMOVE, label=_("removing what is old"), ignore_result=True)
def remove_old_information(job: Job, *, run_id: int) -> None:
    retention.carry_out(RetentionRun.objects.select_related("decision").get(pk=run_id), job)


@shared_task(name="accounts.tasks.remove_expired_exports", ignore_result=True)
def remove_expired_exports() -> None:
    """Every hour: exported files that have been kept long enough."""
    for municipality in Municipality.objects.all():
        with municipality_scope(municipality):
            keeping.remove_expired()
