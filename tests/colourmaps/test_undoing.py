"""Imports taken back: afterwards everything is as if they had never been, but for what others have changed since."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from django.utils import timezone

from accounts.tenancy import municipality_scope
from aggregation.models import RollupWork
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.classification import Colour, Movement
from colourmaps.models import ImportBatch, ImportState, Result, SupersededResult
from colourmaps.scales import Mark
from colourmaps.services import RoundsClosed, effect_of_undoing, plan_indicator, record_results, undo_batch
from pupils.models import Enrolment
from tests.factories.accounts import PersonFactory
from tests.factories.colourmaps import ImportBatchFactory
from tests.factories.pupils import EnrolmentFactory
from tests.fixtures import Place

from .history_model import Content, Key, as_frame, make_scene, stored
from .history_model import Scene as HistoryScene
from .recording_scene import Scene, frame


def imported(scene: Scene, *values: tuple[object, float | Mark]) -> ImportBatch:
    """An import of the pupil's results: (round, value or mark) of each."""
    batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
    rows = [
        (scene.pupil, scene.indicator, round_, float("nan"), value)
        if isinstance(value, Mark)
        else (scene.pupil, scene.indicator, round_, value, Mark.MEASURED)
        for round_, value in values
    ]
    record_results(frame(rows), by=None, batch=batch)
    return batch


def undo(batch: ImportBatch) -> None:
    undo_batch(batch=batch)
    batch.state = ImportState.UNDONE
    batch.save()


def test_new_results_go_and_stay_in_the_history(scene: Scene, later: Callable[[], None]) -> None:
    batch = imported(scene, (scene.september, 2000))
    later()

    undo(batch)

    assert not Result.objects.exists()
    gone = SupersededResult.objects.get()
    assert (gone.value, gone.batch, gone.superseded_by_batch) == (2000, batch, None)
    assert gone.superseded_at == timezone.now() > gone.recorded_at


def test_value_from_before_comes_back_with_its_colour_and_origin(
    scene: Scene, later: Callable[[], None]
) -> None:
    teacher = PersonFactory()
    scene.record(scene.september, 3000, by=teacher)
    before = scene.result(scene.september)
    batch = imported(scene, (scene.september, Mark.ABSENT))
    later()

    undo(batch)

    after = scene.result(scene.september)
    assert (after.value, after.colour, after.by, after.batch) == (3000, Colour.GREEN, teacher, None)
    assert after.measured_on == before.measured_on
    assert after.recorded_at == timezone.now()  # the history reads without a gap
    assert [row.mark for row in SupersededResult.objects.order_by("pk")] == [Mark.MEASURED, Mark.ABSENT]


def test_what_somebody_has_changed_since_is_left_alone_and_said(scene: Scene) -> None:
    teacher = PersonFactory()
    batch = imported(scene, (scene.september, 2000), (scene.october, 2100))
    scene.record(scene.september, 2500, by=teacher)

    effect = effect_of_undoing(batch)
    assert (effect.n_taken_away, effect.n_restored, effect.n_left_alone) == (1, 0, 1)
    assert effect.changed_since == [(None, teacher.pk, 1)]
    undo(batch)

    assert {(r.round, r.value) for r in Result.objects.all()} == {(scene.september, 2500)}


def test_effect_is_what_undoing_then_does_and_writes_nothing(scene: Scene) -> None:
    scene.record(scene.september, 1500)
    batch = imported(scene, (scene.september, 2000), (scene.october, 2100), (scene.november, 2200))
    before = list(Result.objects.values()), SupersededResult.objects.count()

    effect = effect_of_undoing(batch)

    assert (list(Result.objects.values()), SupersededResult.objects.count()) == before
    assert (effect.n_taken_away, effect.n_restored) == (2, 1)
    assert undo_batch(batch=batch) == effect


def test_of_two_imports_each_can_be_undone_first(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    first = imported(scene, (scene.september, 2000))
    second = imported(scene, (scene.september, 3000))

    undo(first)
    assert scene.result(scene.september).value == 3000
    undo(second)

    assert scene.result(scene.september).value == 1000


def test_undone_result_that_came_back_goes_with_its_own_import(scene: Scene) -> None:
    first = imported(scene, (scene.september, 2000))
    second = imported(scene, (scene.september, 3000))

    undo(second)
    assert scene.result(scene.september).batch == first
    undo(first)

    assert not Result.objects.exists()


def test_movements_of_later_rounds_follow(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    batch = imported(scene, (scene.october, 3000))
    scene.record(scene.november, 2000)
    assert scene.movement(scene.november) == Movement.WORSE

    undo(batch)

    assert scene.movement(scene.november) == Movement.BETTER


def test_result_comes_back_to_the_class_in_which_the_pupil_is_counted_now(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    batch = imported(scene, (scene.september, 3000))
    Enrolment.objects.filter(pupil=scene.pupil).delete()
    EnrolmentFactory(pupil=scene.pupil, school_class=scene.place.class_5a)

    undo(batch)

    assert scene.result(scene.september).school_class == scene.place.class_5a


def test_undoing_announces_the_touched_classes(scene: Scene) -> None:
    batch = imported(scene, (scene.september, 1000))
    scene.announced.clear()

    undo(batch)

    assert scene.announced == [{(scene.place.class_4a.pk, scene.september.pk)}]


def test_closed_round_refuses_and_changes_nothing(scene: Scene) -> None:
    batch = imported(scene, (scene.september, 1000), (scene.october, 2000))
    scene.october.closed_at = timezone.now()
    scene.october.save()

    with pytest.raises(RoundsClosed) as refusal:
        undo_batch(batch=batch)

    assert refusal.value.names == [scene.october.name]
    assert (Result.objects.count(), SupersededResult.objects.count()) == (2, 0)


def test_results_of_another_municipality_are_out_of_reach(
    scene: Scene, fjordvik: Place, enter: Callable
) -> None:
    batch = imported(scene, (scene.september, 1000))

    with municipality_scope(fjordvik.municipality):
        assert effect_of_undoing(batch).n_taken_away == 0
        undo_batch(batch=batch)

    assert Result.objects.count() == 1


# ---- random histories


class Write(NamedTuple):
    batch: int
    content: Content
    colour: int


@dataclass
class History:
    """What has been written, write by write: in force is the last one that has not been undone."""

    scene: HistoryScene
    writes: dict[Key, list[Write]] = field(default_factory=lambda: defaultdict(list))
    batches: list[ImportBatch] = field(default_factory=list)

    def import_file(self, chance: random.Random) -> None:
        model, file = self.scene.model, self.scene.random_file(chance)
        before = dict(model.in_force)
        model.record(file)
        batch = ImportBatchFactory(state=ImportState.IMPORTED, imported_at=timezone.now())
        for key in file:
            if before.get(key) != model.in_force[key]:
                self.writes[key].append(Write(batch.pk, model.in_force[key], model.colours[key]))
        record_results(as_frame(file), by=None, batch=batch)
        self.batches.append(batch)

    def undo_one(self, chance: random.Random) -> None:
        batch = self.batches.pop(chance.randrange(len(self.batches)))
        undo(batch)
        model = self.scene.model
        for key, writes in self.writes.items():
            writes[:] = [write for write in writes if write.batch != batch.pk]
            model.in_force.pop(key, None)
            if writes:
                model.in_force[key], model.colours[key] = writes[-1].content, writes[-1].colour


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(15))
def test_random_imports_and_undoings_are_the_history_without_the_undone(
    in_solviken: Place, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 – dice, not secrets
    history = History(make_scene(in_solviken))
    for _step in range(10):
        if history.batches and chance.random() < 0.4:
            history.undo_one(chance)
        else:
            history.import_file(chance)

        assert stored() == history.scene.model.stamped()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [101, 102])
def test_sums_after_random_undoings_are_those_of_the_results(in_solviken: Place, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 – dice, not secrets
    history = History(make_scene(in_solviken))
    for round_ in history.scene.model.rounds:
        for indicator in history.scene.model.indicators.values():
            plan_indicator(round_=round_, indicator_id=indicator.pk, year_groups=[4, 5])
    do_waiting_recounts()
    for _step in range(6):
        history.import_file(chance)
        if chance.random() < 0.6:
            history.undo_one(chance)
        do_waiting_recounts()

        assert differences() == []
    assert not RollupWork.objects.exists()
