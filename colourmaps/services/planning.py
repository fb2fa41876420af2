"""What is to be measured when."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.tenancy import current_municipality
from pupils.queries import home_enrolments

from ..models import DueIndicator, MeasurementRound, Result
from ..signals import results_changed


def keep_rounds_open() -> None:
    """Until the transaction ends nobody closes a round of the municipality: the rows are few, and locked."""
    list(MeasurementRound.objects.select_for_update(no_key=True).order_by("pk"))


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
    _announce(round_, year_groups)


@transaction.atomic
def unplan_indicator(*, round_: MeasurementRound, indicator_id: int, year_groups: Iterable[int]) -> None:
    """The year groups are not due any more on the indicator in the round, unless somebody has a result there."""
    if Result.objects.filter(round=round_, indicator=indicator_id).exists():
        return
    year_groups = sorted(set(year_groups))
    DueIndicator.objects.filter(round=round_, indicator=indicator_id, year_group__in=year_groups).delete()
    _announce(round_, year_groups)


def _announce(round_: MeasurementRound, year_groups: list[int]) -> None:
    classes = home_enrolments(round_.counted_on).filter(year_group__in=year_groups)
    touched = {
        (class_id, round_.pk) for class_id in classes.values_list("school_class_id", flat=True).distinct()
    }
    results_changed.send(sender=plan_indicator, touched=touched)
