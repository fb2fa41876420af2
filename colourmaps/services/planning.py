"""What is to be measured when."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from accounts.known import remove
from accounts.models import Level, Unit
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
    is_first = not DueIndicator.objects.filter(round=round_, indicator=indicator_id).exists()
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
    _announce(round_, year_groups, indicator_id if is_first else None)


@transaction.atomic
def unplan_indicator(*, round_: MeasurementRound, indicator_id: int, year_groups: Iterable[int]) -> None:
    """The year groups are not due any more on the indicator in the round, unless somebody has a result there."""
    if Result.objects.filter(round=round_, indicator=indicator_id).exists():
        return
    year_groups = sorted(set(year_groups))
    remove(DueIndicator.objects.filter(round=round_, indicator=indicator_id, year_group__in=year_groups))
    is_due = DueIndicator.objects.filter(round=round_, indicator=indicator_id).exists()
    _announce(round_, year_groups, None if is_due else indicator_id)


def _announce(round_: MeasurementRound, year_groups: list[int], came_or_went: int | None) -> None:
    """The classes in which the year groups are, or would be if they had pupils.

    came_or_went: id of the indicator, if it was due in no year group before, or is in none any more: then the round is
    the one before another now, or not any more, and what has become of its pupils concerns all classes of that one.
    """
    touched = {(class_id, round_.pk) for class_id in _classes(round_, year_groups)}
    if came_or_went is not None:
        later = MeasurementRound.objects.filter(starts_on__gt=round_.starts_on, due__indicator=came_or_went)
        for after in later.order_by("starts_on").distinct()[:1]:
            touched |= {(class_id, after.pk) for class_id in _classes(after, None)}
    results_changed.send(sender=plan_indicator, touched=touched)


def _classes(round_: MeasurementRound, year_groups: list[int] | None) -> set[int]:
    """Ids of the classes on the day of the round in which there are, or could be, the year groups; None: of all."""
    classes = Unit.objects.on(round_.counted_on).filter(level=Level.SCHOOL_CLASS)
    homes = home_enrolments(round_.counted_on)
    if year_groups is not None:
        classes = classes.filter(Q(year_group__in=year_groups) | Q(year_group=None))
        homes = homes.filter(year_group__in=year_groups)
    return {*classes.values_list("pk", flat=True), *homes.values_list("school_class_id", flat=True)}
