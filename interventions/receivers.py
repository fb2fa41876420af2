"""What the apps on the left tell of."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Municipality
from accounts.signals import municipality_created

from .services.meeting_setup import write_usual_meetings
from .services.question_setup import write_usual_names


@receiver(municipality_created)
def give_usual_names(municipality: Municipality, **_kwargs: Any) -> None:
    write_usual_names(municipality)
    write_usual_meetings(municipality)
