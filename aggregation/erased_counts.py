"""Sums of rounds that are over stay as they were when results behind them go.

The classes concerned are counted from the results before and after; the difference is kept (models.ErasedCount) and
added whenever they are counted again. So the stored sums need not be written at all, a later correction of somebody
else still reaches them, and the independent recount (verification.py) finds no difference without being told to look
away. Rounds that are not over lose the pupil like any other who has left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import Unit
from accounts.statements import hold_lock, long_statements
from accounts.tenancy import current_municipality
from colourmaps.models import FormerStamp, MeasurementRound, Result, SupersededResult
from pupils.models import Enrolment

from .leavers import classes_of_pupils, with_leavers
from .leaves import COUNTS
from .models import ErasedCount
from .rollup import KEY, LOCK, counted_classes
from .slices import ALL_PUPILS
from .work import ask_for_recount

Counted = dict[tuple[int, ...], tuple[int, ...]]
NOTHING = (0,) * len(COUNTS)
ROWS_AT_A_TIME = 1000


@contextmanager
def sums_stay(pupil_ids: Collection[int] | None) -> Iterator[None]:
    """Within, the pupils or their results go, of all pupils for None; the sums of rounds that are over do not.

    Inside the transaction of what removes them.
    """
    hold_lock(LOCK)
    over = list(MeasurementRound.objects.filter(is_over()).values_list("pk", flat=True))
    class_ids = None if pupil_ids is None else classes_with(pupil_ids)
    touched = set() if pupil_ids is None else with_leavers(classes_of_pupils(pupil_ids))
    before = _counted(over, class_ids)
    yield
    after = _counted(over, class_ids)
    _keep(before, after)
    ask_for_recount({(class_id, round_id) for class_id, round_id in touched if round_id not in over})


def is_over() -> Q:
    return Q(closed_at__isnull=False) | Q(ends_on__lt=timezone.localdate())


def classes_with(pupil_ids: Collection[int]) -> set[int]:
    """The classes in which the pupils count or have counted, and those that took over from them (leavers.py)."""
    found = set(Enrolment.objects.filter(pupil__in=pupil_ids).values_list("school_class_id", flat=True))
    for model in (Result, SupersededResult, FormerStamp):
        rows = model.objects.filter(pupil__in=pupil_ids).exclude(school_class=None)
        found |= set(rows.values_list("school_class_id", flat=True))
    standing = found
    while standing:
        after = Unit.objects.filter(pk__in=standing).exclude(successor=None)
        standing = set(after.values_list("successor_id", flat=True)) - found
        found = found | standing
    return found


@long_statements()
def _counted(round_ids: Collection[int], class_ids: Collection[int] | None) -> Counted:
    if not round_ids or (class_ids is not None and not class_ids):
        return {}
    n = len(KEY)
    rows = counted_classes(round_ids, class_ids)
    # Not what all pupils come to: the year groups say it.
    return {row[:n]: row[n:] for row in rows if row[n - 1] != ALL_PUPILS}


def _keep(before: Counted, after: Counted) -> None:
    """Adds what is missing now to what was missing already."""
    municipality = current_municipality()
    missing = {}
    for key in before.keys() | after.keys():
        counts = tuple(
            then - now for then, now in zip(before.get(key, NOTHING), after.get(key, NOTHING), strict=True)
        )
        # A sum of nothing but exempt pupils is a row of noughts, and stays one.
        if any(counts) or key not in after:
            missing[key] = counts
    ErasedCount.objects.bulk_create(
        (
            ErasedCount(municipality=municipality, **dict(zip((*KEY, *COUNTS), (*key, *counts), strict=True)))
            for key, counts in sorted(missing.items())
            if not _add_to_what_is_there(key, counts)
        ),
        batch_size=ROWS_AT_A_TIME,
    )


def _add_to_what_is_there(key: tuple[int, ...], counts: tuple[int, ...]) -> bool:
    there = ErasedCount.objects.filter(**dict(zip(KEY, key, strict=True)))
    added = " , ".join(f'"{name}" = "{name}" + %s' for name in COUNTS)
    if not there.exists():
        return False
    where = " and ".join(f"{column} = %s" for column in KEY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"update aggregation_erasedcount set {added} where municipality_id = %s and {where}",
            [*counts, current_municipality().pk, *key],
        )
    return True
