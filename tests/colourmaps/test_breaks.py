"""A series that breaks: no arrow across it, its sums follow, and the maps as they were read stay in the history."""

import datetime

import pytest

from accounts.models import AuditEvent
from aggregation.models import RollupWork, UnitSum
from aggregation.verification import differences
from aggregation.work import do_waiting_recounts
from colourmaps.breaks_in_words import series_break_in_words
from colourmaps.classification import Colour, Movement
from colourmaps.grid import class_grid, series_grid
from colourmaps.models import BreakKind, MeasurementRound, Result, SeriesBreak, SupersededResult
from colourmaps.scales import Mark
from colourmaps.services import BreakRefused, add_break, remove_break
from tests.factories.colourmaps import DueIndicatorFactory, IndicatorFactory, record
from tests.factories.pupils import PupilFactory
from tests.fixtures import TODAY

from .recording_scene import Scene


def break_at(scene: Scene, round_: MeasurementRound, **options) -> SeriesBreak:
    usual = {"kind": BreakKind.NEW_VERSION, "by": scene.place.administrator}
    return add_break(indicator=scene.indicator, round_=round_, **usual | options)


def movements(scene: Scene) -> list[Movement]:
    return [scene.movement(round_) for round_ in (scene.september, scene.october, scene.november)]


@pytest.fixture
def measured(scene: Scene) -> Scene:
    """The pupil in September, October and November: 10, 20 and 30 points."""
    for round_, value in zip(
        (scene.september, scene.october, scene.november), (1000, 2000, 3000), strict=True
    ):
        DueIndicatorFactory(round=round_, indicator=scene.indicator)
        scene.record(round_, value)
    do_waiting_recounts()
    scene.announced.clear()
    return scene


def test_no_arrow_goes_across_a_break_and_the_next_one_is_there_again(measured: Scene) -> None:
    break_at(measured, measured.october)

    assert movements(measured) == [Movement.NONE, Movement.BREAK, Movement.BETTER]


def test_break_is_known_to_what_is_recorded_after_it(scene: Scene) -> None:
    break_at(scene, scene.october)
    scene.record(scene.september, 1000)

    scene.record(scene.october, 2000)
    scene.record(scene.november, 1000)

    assert movements(scene) == [Movement.NONE, Movement.BREAK, Movement.WORSE]


def test_value_whose_only_earlier_ones_lie_before_an_older_break_shows_it(scene: Scene) -> None:
    scene.record(scene.september, 1000)
    break_at(scene, scene.october)
    scene.record(scene.october, Mark.ABSENT)

    scene.record(scene.november, 2000)

    assert scene.movement(scene.november) is Movement.BREAK


def test_first_value_of_a_pupil_has_no_break_to_show(scene: Scene) -> None:
    break_at(scene, scene.october)

    scene.record(scene.october, 2000)

    assert scene.movement(scene.october) is Movement.NONE


def test_break_of_one_indicator_is_none_of_another(measured: Scene) -> None:
    other = IndicatorFactory()
    record(measured.september, other, {measured.pupil: 1000})
    record(measured.october, other, {measured.pupil: 2000})

    break_at(measured, measured.october)

    assert Result.objects.get(indicator=other, round=measured.october).movement == Movement.BETTER


def test_removed_break_brings_the_arrow_back(measured: Scene) -> None:
    before = movements(measured)
    added = break_at(measured, measured.october)

    remove_break(series_break=added, by=measured.place.administrator)

    assert movements(measured) == before
    assert SeriesBreak.objects.count() == 0


def test_only_the_rounds_that_a_break_decides_are_touched_and_announced(measured: Scene) -> None:
    untouched = list(Result.objects.exclude(round=measured.october).order_by("pk").values())

    break_at(measured, measured.october)

    own_class = measured.place.class_4a.pk
    assert measured.announced == [{(own_class, measured.october.pk)}]
    assert list(Result.objects.exclude(round=measured.october).order_by("pk").values()) == untouched


def test_map_as_it_was_read_before_stays_in_the_history(measured: Scene, later) -> None:
    before = measured.result(measured.october)
    later()

    break_at(measured, measured.october)

    kept, now = SupersededResult.objects.get(), measured.result(measured.october)
    assert (kept.round_id, kept.movement, kept.recorded_at) == (
        measured.october.pk,
        Movement.BETTER,
        before.recorded_at,
    )
    assert kept.superseded_at == now.recorded_at
    assert (now.value, now.colour, now.batch_id) == (before.value, before.colour, before.batch_id)


def test_who_set_the_break_and_why_is_recorded(measured: Scene) -> None:
    added = break_at(measured, measured.october, kind=BreakKind.OTHER, reason=" Annat häfte ")
    remove_break(series_break=added, by=measured.place.administrator)

    assert added.reason == "Annat häfte"
    events = AuditEvent.objects.filter(action__startswith="series break").order_by("pk")
    assert [(event.action, event.actor_id, event.subject, event.facts["n_changed"]) for event in events] == [
        ("series break added", measured.place.administrator.pk, measured.indicator.code, 1),
        ("series break removed", measured.place.administrator.pk, measured.indicator.code, 1),
    ]


def test_sums_follow_and_agree_with_the_independent_recount(measured: Scene) -> None:
    newcomer = PupilFactory(school_class=measured.place.class_4a)
    record(measured.october, measured.indicator, {newcomer: 500})
    do_waiting_recounts()

    break_at(measured, measured.october)

    # Also the round after it: by its values it is known who has left.
    assert {work.round_id for work in RollupWork.objects.all()} == {
        measured.october.pk,
        measured.november.pk,
    }
    assert differences() != []
    do_waiting_recounts()
    assert differences() == []
    own = UnitSum.objects.get(unit=measured.place.class_4a, round=measured.october, slice=0)
    assert (own.measured, own.paired, own.up, own.joined) == (2, 0, 0, 1)


def test_ten_newcomers_with_low_scores_change_the_level_of_the_class_and_never_its_movement(
    measured: Scene,
) -> None:
    def tally():
        (counted,) = class_grid(measured.place.class_4a, measured.november, TODAY).tallies
        return counted

    before = tally()
    newcomers = PupilFactory.create_batch(10, school_class=measured.place.class_4a)

    record(measured.november, measured.indicator, dict.fromkeys(newcomers, 100))

    after = tally()
    assert after.colours[Colour.RED] - before.colours[Colour.RED] == 10
    compared = (Movement.BETTER, Movement.STILL, Movement.WORSE, Movement.BREAK)
    assert [after.movements[way] for way in compared] == [before.movements[way] for way in compared]
    do_waiting_recounts()
    own = UnitSum.objects.get(unit=measured.place.class_4a, round=measured.november, slice=0)
    assert (own.red, own.paired, own.up, own.down, own.joined) == (10, 1, 1, 0, 10)


def test_test_taken_ten_weeks_earlier_than_last_year_has_no_arrow(measured: Scene) -> None:
    added = break_at(
        measured, measured.november, kind=BreakKind.OTHER_TIME, reason="Taget tio veckor tidigare."
    )
    measured.november.name = "HT 2026"
    measured.november.save()

    (row,) = series_grid(measured.place.class_4a, measured.indicator, TODAY).rows

    assert [cell.movement for cell in row.cells] == [Movement.NONE, Movement.BETTER, Movement.BREAK]
    added.refresh_from_db()
    assert series_break_in_words(added).endswith("Taget tio veckor tidigare.")


# --- what is refused -----------------------------------------------------------------------------


def test_series_breaks_once_at_a_round(measured: Scene) -> None:
    break_at(measured, measured.october)

    with pytest.raises(BreakRefused):
        break_at(measured, measured.october)

    assert SeriesBreak.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "reason"), [("nonsense", ""), (BreakKind.OTHER, " "), (BreakKind.NEW_SCALE, "x" * 301)]
)
def test_break_needs_a_kind_and_a_reason_that_can_be_kept(
    measured: Scene, kind: BreakKind, reason: str
) -> None:
    with pytest.raises(BreakRefused):
        break_at(measured, measured.october, kind=kind, reason=reason)

    assert (SeriesBreak.objects.count(), movements(measured)[1]) == (0, Movement.BETTER)


@pytest.mark.parametrize("is_added", [True, False])
def test_closed_round_keeps_its_movements(measured: Scene, is_added: bool) -> None:
    added = None if is_added else break_at(measured, measured.october)
    MeasurementRound.objects.filter(pk=measured.november.pk).update(
        closed_at=datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
    )
    before = movements(measured)

    def change() -> None:
        if added is None:
            break_at(measured, measured.october)
        else:
            remove_break(series_break=added, by=None)

    with pytest.raises(BreakRefused):
        change()

    assert movements(measured) == before


def test_closed_round_behind_a_later_break_forbids_nothing(measured: Scene) -> None:
    break_at(measured, measured.november)
    MeasurementRound.objects.filter(pk=measured.november.pk).update(
        closed_at=datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
    )

    break_at(measured, measured.october)

    assert movements(measured) == [Movement.NONE, Movement.BREAK, Movement.BREAK]
