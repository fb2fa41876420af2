"""Results follow their pupils: the class on a result is the one that was the pupil's when the round was counted."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from accounts.tenancy import current_municipality
from pupils.queries import FEW, enrolments_at

from ..models import MeasurementRound, Result
from ..signals import results_changed

Place = tuple[int | None, int | None]


@transaction.atomic
def place_results(pupil_ids: Collection[int], class_ids: Collection[int]) -> None:
    """Stamps the pupils' results with their classes as they now are, and announces all that is touched.

    class_ids: the classes that the pupils are in or were in: who is due there has changed, results or not.
    """
    touched: set[tuple[int, int]] = set()
    for round_ in MeasurementRound.objects.all():
        touched |= {(class_id, round_.pk) for class_id in class_ids}
        touched |= {(class_id, round_.pk) for class_id in _restamp(round_, pupil_ids)}
    results_changed.send(sender=place_results, touched=touched)


def _restamp(round_: MeasurementRound, pupil_ids: Collection[int]) -> set[int]:
    """The classes that results of the round left or came to."""
    results = Result.objects.filter(round=round_)
    if len(pupil_ids) <= FEW:
        results = results.filter(pupil_id__in=pupil_ids)
    stored = results.values_list("pupil_id", "school_class_id", "year_group").distinct()
    enrolments = enrolments_at(round_.counted_on, pupil_ids)
    places: dict[int, Place] = {row[0]: (row[1], row[2]) for row in enrolments.itertuples(index=False)}
    wanted = set(pupil_ids)
    moved = [
        (pupil_id, (class_id, year_group))
        for pupil_id, class_id, year_group in stored
        if pupil_id in wanted and places.get(pupil_id, (None, None)) != (class_id, year_group)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update colourmaps_result set school_class_id = %s, year_group = %s
            where municipality_id = %s and pupil_id = %s and round_id = %s
            """,
            [
                (*places.get(pupil_id, (None, None)), current_municipality().pk, pupil_id, round_.pk)
                for pupil_id, _before in moved
            ],
        )
    before = {place[0] for _pupil_id, place in moved}
    after = {places.get(pupil_id, (None, None))[0] for pupil_id, _before in moved}
    return {class_id for class_id in before | after if class_id is not None}
