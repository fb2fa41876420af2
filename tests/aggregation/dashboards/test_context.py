"""What a unit is like: of what is shown, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Unit
from accounts.roles import Tier
from aggregation.dashboards.context import Context, contexts_of
from aggregation.dashboards.sentences import context_words, years_in_words
from aggregation.models import Release, ReleasedFigure
from aggregation.slices import slice_of_group, slice_of_sex
from pupils.models import Sex
from tests.factories.accounts import UnitFactory
from tests.factories.pupils import GroupFactory, PupilFactory

from .conftest import Scene

pytestmark = pytest.mark.usefixtures("in_english")
GIRLS, BOYS = slice_of_sex(Sex.FEMALE.value), slice_of_sex(Sex.MALE.value)


def context_of(scene: Scene, unit: Unit, tier: Tier | None = None) -> Context:
    return contexts_of([unit], scene.reading, scene.now, tier)[unit.pk]


def release_slice(scene: Scene, unit: Unit, split: str, counts: dict[int, int], tier: Tier) -> Release:
    """Figures of a split as they would be released: by slice, that many green."""
    release = Release.objects.create(
        municipality=scene.place.municipality,
        round=scene.now,
        indicator=scene.reading,
        split=split,
        tier=tier,
        version=1,
        released_at=timezone.now(),
        n_attacked=0,
        attack_seconds=0.0,
    )
    ReleasedFigure.objects.bulk_create(
        [_figure(release, unit, number, green) for number, green in counts.items()]
    )
    return release


def _figure(release: Release, unit: Unit, number: int, green: int) -> ReleasedFigure:
    nothing = dict.fromkeys(("yellow", "red", "uncoloured", "up", "still", "down", "missing"), 0)
    return ReleasedFigure(
        municipality_id=release.municipality_id,
        release=release,
        unit=unit,
        slice=number,
        green=green,
        **nothing,
    )


def test_who_sees_pupils_is_told_size_classes_years_and_girls(
    scene: Scene, store_slice: Callable[..., None]
) -> None:
    school = scene.place.school
    store_slice(school, GIRLS, 21)
    store_slice(school, BOYS, 25)

    words = context_words(context_of(scene, school), school, scene.now)

    assert words == ["46 pupils measured", "2 classes", "years 4–5", "about 45 % girls"]


def test_without_a_split_nothing_is_said_of_it(scene: Scene) -> None:
    school = scene.place.school

    assert context_words(context_of(scene, school), school, scene.now) == [
        "46 pupils measured",
        "2 classes",
        "years 4–5",
    ]


@pytest.mark.parametrize("tier", list(Tier))
def test_heads_are_told_of_released_figures_alone(
    scene: Scene, store_slice: Callable[..., None], tier: Tier
) -> None:
    school = scene.schools[1]
    store_slice(school, GIRLS, 100)

    before = context_of(scene, school, tier)
    release_slice(scene, school, "all", {0: 190}, tier)
    release_slice(scene, school, "sex", {GIRLS: 60, BOYS: 120}, tier)
    after = context_of(scene, school, tier)

    assert (before.measured, before.shares[0].percent) == (None, None)
    assert (after.measured, after.shares[0].percent) == (190, 35)


def test_registered_group_is_a_share_of_group_and_rest(scene: Scene) -> None:
    school = scene.schools[1]
    group = GroupFactory(name="New arrivals", is_summed=True)
    number = slice_of_group(group.pk)
    release_slice(scene, school, f"group:{group.pk}", {number: 30, -number: 170}, Tier.HEADS)

    words = context_words(context_of(scene, school, Tier.HEADS), school, scene.now)

    assert words[-1] == "about 15 % new arrivals"


@pytest.mark.parametrize(("tier", "measured"), [(Tier.HEADS, 190), (Tier.BOARD, 182)])
def test_board_is_not_told_how_many_have_no_colour(scene: Scene, tier: Tier, measured: int) -> None:
    school = scene.schools[1]
    release = release_slice(scene, school, "all", {0: 182}, tier)
    ReleasedFigure.objects.filter(release=release).update(uncoloured=8)

    assert context_of(scene, school, tier).measured == measured


def test_unit_that_is_shown_with_others_has_no_size(scene: Scene) -> None:
    school = scene.schools[1]
    release = release_slice(scene, school, "all", {0: 190}, Tier.HEADS)
    ReleasedFigure.objects.filter(release=release).update(colours_pool=0)

    assert context_of(scene, school, Tier.HEADS).measured is None


def test_pupils_enrolled_are_not_told_since_the_missing_would_follow(scene: Scene) -> None:
    before = context_of(scene, scene.place.school, Tier.HEADS)
    PupilFactory(school_class=scene.place.class_4a)

    assert context_of(scene, scene.place.school, Tier.HEADS) == before


def test_unit_that_was_made_of_others_says_so(scene: Scene) -> None:
    school = scene.schools[1]
    for name in ("Norrskolan", "Söderskolan"):
        gone = UnitFactory(name=name, parent=scene.place.area)
        gone.successor = school
        gone.save()

    words = context_words(context_of(scene, school), school, scene.now)

    assert words[-1].startswith("since ")
    assert words[-1].endswith(", before Norrskolan, Söderskolan")


@pytest.mark.parametrize(
    ("years", "words"), [([4], "4"), ([0, 1, 2, 3], "F–3"), ([1, 2, 3, 7], "1–3, 7"), ([], "")]
)
def test_years_are_said_in_runs(scene: Scene, years: list[int], words: str) -> None:
    assert years_in_words(years, scene.now) == words
