import datetime
from collections.abc import Collection
from typing import Any

from django.dispatch import receiver
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.reorganisation import Refused
from accounts.signals import reorganisation_planned
from pupils.signals import enrolments_changed, pupils_protected

from .importing.protected import forget_names
from .models import MeasurementRound
from .services import place_results, work_out_results
from .signals import results_changed


@receiver(enrolments_changed)
def move_results_along(pupil_ids: Collection[int], class_ids: Collection[int], **_kwargs: Any) -> None:
    place_results(pupil_ids, class_ids)


@receiver(pupils_protected)
def forget_names_of_protected(pupil_ids: Collection[int], **_kwargs: Any) -> None:
    forget_names(pupil_ids)


@receiver(results_changed)
def work_out_what_follows(touched: Collection[tuple[int, int]], **_kwargs: Any) -> None:
    work_out_results(touched)


@receiver(reorganisation_planned)
def keep_closed_rounds_as_they_are(on: datetime.date, **_kwargs: Any) -> None:
    """A closed round is counted by the tree of its last day, which therefore does not change any more."""
    rounds = MeasurementRound.objects.filter(closed_at__isnull=False)
    round_ = rounds.filter(ends_on__gte=on).order_by("-ends_on").first()
    if round_ is not None:
        raise Refused(
            _("The round “%(round)s” is closed and counted as of %(day)s. Choose a later day.")
            % {"round": round_, "day": date_format(round_.counted_on, "DATE_FORMAT")}
        )
