"""Results taken away by hand: what is left, what follows, and what an undone import makes of it."""

from __future__ import annotations

import pandas as pd
import pytest

from colourmaps.classification import Movement
from colourmaps.models import ImportBatch, ImportState, MeasurementRound, Result, SupersededResult
from colourmaps.scales import Mark
from colourmaps.services import record_results, remove_results, undo_batch
from tests.factories.colourmaps import ImportBatchFactory

from .recording_scene import Scene, frame


def remove(scene: Scene, round_: MeasurementRound) -> int:
    keys = pd.DataFrame({"pupil_id": [scene.pupil.pk], "indicator_id": [scene.indicator.pk]})
    return remove_results(keys, round_=round_)


def import_result(scene: Scene, round_: MeasurementRound, value: int, batch: ImportBatch) -> None:
    rows = frame([(scene.pupil, scene.indicator, round_, value, Mark.MEASURED)])
    record_results(rows, by=None, batch=batch)


def test_removed_result_stays_in_the_history(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    scene.announced.clear()

    n_removed = remove(scene, scene.september)

    assert (n_removed, Result.objects.count()) == (1, 0)
    kept = SupersededResult.objects.get()
    assert (kept.value, kept.is_removed, kept.pupil_id) == (1000, True, scene.pupil.pk)
    assert scene.announced == [{(scene.place.class_4a.pk, scene.september.pk)}]


def test_correction_is_not_called_a_removal(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    scene.record(scene.september, 2000)

    assert [row.is_removed for row in SupersededResult.objects.all()] == [False]


def test_later_result_is_compared_with_the_one_before_it(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    scene.record(scene.october, 3000)
    scene.record(scene.november, 2000)
    assert scene.movement(scene.november) is Movement.WORSE
    scene.announced.clear()

    remove(scene, scene.october)

    assert scene.movement(scene.november) is Movement.BETTER
    class_id = scene.place.class_4a.pk
    assert scene.announced == [{(class_id, scene.october.pk), (class_id, scene.november.pk)}]


def test_where_there_is_none_nothing_happens(scene: Scene) -> None:
    assert remove(scene, scene.september) == 0
    assert (SupersededResult.objects.count(), scene.announced) == (0, [])


@pytest.mark.parametrize("came_before", ["removed", "corrected"])
def test_undone_import_brings_back_what_was_corrected_and_not_what_was_removed(
    scene: Scene, came_before: str
) -> None:
    scene.record(scene.september, 1000)
    if came_before == "removed":
        remove(scene, scene.september)
    batch = ImportBatchFactory(state=ImportState.IMPORTED)
    import_result(scene, scene.september, 3000, batch)

    undo_batch(batch=batch)

    values = list(Result.objects.values_list("value", flat=True))
    assert values == ([] if came_before == "removed" else [1000])


def test_import_whose_result_was_removed_leaves_nothing_to_undo(scene: Scene) -> None:
    batch = ImportBatchFactory(state=ImportState.IMPORTED)
    import_result(scene, scene.september, 3000, batch)
    remove(scene, scene.september)

    effect = undo_batch(batch=batch)

    assert (effect.n_taken_away, effect.n_restored, Result.objects.count()) == (0, 0, 0)
