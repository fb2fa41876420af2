from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.background import JobTask
from accounts.models import EmergencyAccess, Job

from . import services
from .services import meeting_planning, telling_of_emergencies


@shared_task(name="interventions.tasks.freeze_due_baselines", ignore_result=True)
def freeze_due_baselines() -> None:
    """Every morning: the baselines of the interventions that begin that day."""
    services.freeze_due_baselines()


@shared_task(name="interventions.tasks.remind_of_follow_ups", ignore_result=True)
def remind_of_follow_ups() -> None:
    """Every morning: a mail to whoever has a follow-up within two weeks and has not been told yet."""
    services.remind_of_follow_ups()


@shared_task(name="interventions.tasks.fill_meeting_series", ignore_result=True)
def fill_meeting_series() -> None:
    """Every night: the meetings of all series, until the end of the next school year."""
    meeting_planning.fill_all_series()


@shared_task(name="interventions.tasks.send_digests", ignore_result=True)
def send_digests() -> None:
    """Every morning: the summary to those whose week or month has passed, and who have something to read."""
    services.send_digests()


@shared_task(
    base=JobTask,
    name="interventions.tasks.tell_of_emergency",
    label=_("telling of an emergency"),
    ignore_result=True,
)
def tell_of_emergency(job: Job, *, access: int) -> None:
    """To whoever answers for the class, at once."""
    telling_of_emergencies.tell_of_emergency(
        EmergencyAccess.objects.select_related("unit__kind").get(pk=access)
    )
