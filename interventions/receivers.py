"""What the apps on the left tell of."""

from typing import Any

from django.dispatch import receiver

from accounts.background import queue_job
from accounts.models import Municipality
from accounts.signals import municipality_created, opened_in_emergency

from .services.meeting_setup import write_usual_meetings
from .services.question_setup import write_usual_names


@receiver(municipality_created)
def give_usual_names(municipality: Municipality, **_kwargs: Any) -> None:
    write_usual_names(municipality)
    write_usual_meetings(municipality)


@receiver(opened_in_emergency)
def tell_by_mail(access_id: int, **_kwargs: Any) -> None:
    queue_job("interventions.tasks.tell_of_emergency", by=None, access=access_id)
