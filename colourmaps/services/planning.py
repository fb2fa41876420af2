"""What is to be measured when."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.known import remove
from accounts.models import Level, Unit, User
from accounts.tenancy import current_municipality
from pupils.queries import home_enrolments

from ..models import DueIndicator, MeasurementRound, Result
from ..signals import results_changed


class RoundRefused(ValueError):
    """The round cannot be so; the message says why and what to do, in the reader's language."""


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


@transaction.atomic
def plan_round(*, round_: MeasurementRound, due: Collection[tuple[int, int]], by: User | None) -> int:
    """Exactly these (indicator id, year group) are due in the round; those that are measured already stay due.

    Returns how many came and went. Raises RoundRefused for a closed round.
    """
    keep_rounds_open()
    round_.refresh_from_db()
    if round_.closed_at is not None:
        raise RoundRefused(_("The round “%(round)s” is closed, and stays as it is.") % {"round": round_})
    rows = DueIndicator.objects.filter(round=round_)
    before = set(rows.values_list("indicator_id", "year_group"))
    came, went = set(due) - before, before - set(due) - n_results_by_place(round_).keys()
    DueIndicator.objects.bulk_create(
        DueIndicator(
            municipality=round_.municipality, round=round_, indicator_id=indicator_id, year_group=year_group
        )
        for indicator_id, year_group in sorted(came)
    )
    for indicator_id, year_group in sorted(went):
        remove(rows.filter(indicator=indicator_id, year_group=year_group))
    if came or went:
        indicators_after = {indicator_id for indicator_id, _year_group in (before | came) - went}
        _announce_all(round_, came | went, {each for each, _year_group in before} ^ indicators_after)
        record("round planned", by=by, subject=round_.key, came=len(came), went=len(went))
    return len(came) + len(went)


def n_results_by_place(round_: MeasurementRound) -> dict[tuple[int, int], int]:
    """How many results the round has, by (indicator id, year group)."""
    counted = Result.objects.filter(round=round_, year_group__isnull=False).order_by()
    rows = counted.values_list("indicator_id", "year_group").annotate(n=Count("pupil_id"))
    return {(indicator_id, year_group): n for indicator_id, year_group, n in rows}


def _announce_all(
    round_: MeasurementRound, changed: Collection[tuple[int, int]], came_or_went: Collection[int]
) -> None:
    """As _announce, for many (indicator id, year group) at once."""
    touched = _touched_in(round_, {year_group for _indicator_id, year_group in changed})
    for indicator_id in came_or_went:
        touched |= _touched_after(round_, indicator_id)
    results_changed.send(sender=plan_round, touched=touched)


def _announce(round_: MeasurementRound, year_groups: list[int], came_or_went: int | None) -> None:
    """The classes in which the year groups are, or would be if they had pupils.

    came_or_went: id of the indicator, if it was due in no year group before, or is in none any more: then the round is
    the one before another now, or not any more, and what has become of its pupils concerns all classes of that one.
    """
    touched = _touched_in(round_, year_groups)
    if came_or_went is not None:
        touched |= _touched_after(round_, came_or_went)
    results_changed.send(sender=plan_indicator, touched=touched)


def _touched_in(round_: MeasurementRound, year_groups: Collection[int] | None) -> set[tuple[int, int]]:
    return {(class_id, round_.pk) for class_id in _classes(round_, year_groups)}


def _touched_after(round_: MeasurementRound, indicator_id: int) -> set[tuple[int, int]]:
    """All classes of the next round in which the indicator is due, which now has another round before it."""
    later = MeasurementRound.objects.filter(starts_on__gt=round_.starts_on, due__indicator=indicator_id)
    after = later.order_by("starts_on").first()
    return _touched_in(after, None) if after else set()


def _classes(round_: MeasurementRound, year_groups: Collection[int] | None) -> set[int]:
    """Ids of the classes on the day of the round in which there are, or could be, the year groups; None: of all."""
    classes = Unit.objects.on(round_.counted_on).filter(level=Level.SCHOOL_CLASS)
    homes = home_enrolments(round_.counted_on)
    if year_groups is not None:
        classes = classes.filter(Q(year_group__in=year_groups) | Q(year_group=None))
        homes = homes.filter(year_group__in=year_groups)
    return {*classes.values_list("pk", flat=True), *homes.values_list("school_class_id", flat=True)}
