from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from pupils.signals import enrolments_changed

from .services import place_results


@receiver(enrolments_changed)
def move_results_along(pupil_ids: Collection[int], class_ids: Collection[int], **_kwargs: Any) -> None:
    place_results(pupil_ids, class_ids)
