"""What is to be measured when."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.tenancy import current_municipality
from pupils.queries import home_enrolments

from ..models import DueIndicator, MeasurementRound
from ..signals import results_changed


@transaction.atomic
def plan_indicator(*, round_: MeasurementRound, indicator_id: int, year_groups: Iterable[int]) -> None:
    """The indicator is due in the year groups in the round; every class of theirs has more to measure."""
    year_groups = sorted(set(year_groups))
    DueIndicator.objects.bulk_create(
        [
            DueIndicator(
                municipality=current_municipality(),
                round=round_,
                indicator_id=indicator_id,
                year_group=year_group,
            )
            for year_group in year_groups
        ],
        ignore_conflicts=True,
    )
    classes = home_enrolments(round_.counted_on).filter(year_group__in=year_groups)
    touched = {
        (class_id, round_.pk) for class_id in classes.values_list("school_class_id", flat=True).distinct()
    }
    results_changed.send(sender=plan_indicator, touched=touched)
