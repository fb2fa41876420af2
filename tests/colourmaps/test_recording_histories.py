"""Random histories of imports, corrections and late files, against a model of a few lines of plain Python."""

from __future__ import annotations

import random

import pytest

from colourmaps.services import record_results, recording
from tests.fixtures import Place

from .history_model import Scene, as_frame, make_scene, stored, stored_history


@pytest.fixture
def scene(in_solviken: Place) -> Scene:
    return make_scene(in_solviken)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_random_history_is_as_the_model_says(scene: Scene, seed: int) -> None:
    check(scene, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 105))
def test_random_history_in_small_portions_is_the_same(
    scene: Scene, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "PORTION", 2)

    check(scene, seed)


def check(scene: Scene, seed: int) -> None:
    chance, model = random.Random(seed), scene.model  # noqa: S311 – dice, not secrets
    for _file in range(3):
        file = scene.random_file(chance)
        expected_counts, expected_touched = model.record(file)

        recorded = record_results(as_frame(file), by=None)

        assert (recorded.n_new, recorded.n_changed, recorded.n_unchanged) == expected_counts
        assert recorded.touched == expected_touched
        assert stored() == model.stamped()
        assert stored_history() == model.superseded
