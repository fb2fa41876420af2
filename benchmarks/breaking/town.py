"""A small municipality in which results change, and a look at what is wrong with its sums."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import pandas as pd

from accounts.models import Municipality, Unit
from accounts.tenancy import municipality_scope
from aggregation.models import RollupWork
from aggregation.verification import Difference, differences
from aggregation.work import Ended, ask_for_recount, do_waiting_recounts
from benchmarks.scene import HIGHEST, Scene, fill_rounds, make_scene
from colourmaps.models import Result
from colourmaps.services import record_results
from pupils.models import Enrolment

CLASS_SIZES = [4] * 24  # two schools
SECONDS_TO_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Harm:
    """Changes that were committed and are not in the sums nor written down as work; sums that count a pupil twice; sums
    that are still old after the sweep."""

    n_lost: int = 0
    n_doubled: int = 0
    n_stale: int = 0

    def __add__(self, other: Harm) -> Harm:
        return Harm(
            self.n_lost + other.n_lost, self.n_doubled + other.n_doubled, self.n_stale + other.n_stale
        )


NO_HARM = Harm()


@dataclass
class Town:
    """pupils: (id, id of the class); committed: the value of each result that was changed, as the database has
    confirmed it, by (pupil, indicator).
    """

    scene: Scene
    pupils: list[tuple[int, int]]
    committed: dict[tuple[int, int], int] = field(default_factory=dict)
    n_changes: int = 0

    @property
    def municipality(self) -> Municipality:
        return self.scene.municipality

    def change(self, n_results: int = 1) -> None:
        """Another value for the next pupils in turn, each in another class than the one before."""
        step = CLASS_SIZES[0] + 1
        self._record(self.pupils[(self.n_changes + n) * step % len(self.pupils)][0] for n in range(n_results))

    def change_in(self, school_classes: Collection[Unit]) -> None:
        """Another value for a pupil of each class."""
        pupil_of = {school_class: pupil for pupil, school_class in self.pupils}
        self._record(pupil_of[school_class.pk] for school_class in school_classes)

    def _record(self, pupils: Iterable[int]) -> None:
        changed = {}
        for pupil in pupils:
            self.n_changes += 1
            indicator = self.scene.indicators[self.n_changes % len(self.scene.indicators)]
            changed[pupil, indicator.pk] = self.n_changes * 37 % (HIGHEST // 100 + 1) * 100
        round_ = self.scene.rounds[-1]
        rows = [
            {
                "pupil_id": pupil,
                "indicator_id": indicator,
                "round_id": round_.pk,
                "value": float(value),
                "mark": 0,
                "measured_on": round_.starts_on,
            }
            for (pupil, indicator), value in changed.items()
        ]
        with municipality_scope(self.municipality):
            for key in changed:
                self.committed.pop(key, None)  # nobody knows, until it is confirmed
            record_results(pd.DataFrame(rows), by=None)
        self.committed |= changed

    def recount(self) -> None:
        """A worker does all that waits, and looks again when another is at it, or was: a killed one's statement may
        still be running."""
        with municipality_scope(self.municipality):
            while do_waiting_recounts() is not Ended.ALL_DONE:
                time.sleep(SECONDS_TO_LOOK_AGAIN)

    def repair(self) -> None:
        """All is counted again."""
        round_ = self.scene.rounds[-1]
        with municipality_scope(self.municipality):
            ask_for_recount((school_class.pk, round_.pk) for school_class in self.scene.classes)
        self.recount()

    def differences(self) -> list[Difference]:
        with municipality_scope(self.municipality):
            return differences()

    def is_waiting(self) -> bool:
        with municipality_scope(self.municipality):
            return RollupWork.objects.exists()

    def harm(self) -> Harm:
        """What is wrong now, when everything that was written down as work should have been done."""
        found = self.differences()
        return Harm(self._n_results_lost(), sum(_is_doubled(one) for one in found), len(found))

    def _n_results_lost(self) -> int:
        with municipality_scope(self.municipality):
            results = Result.objects.filter(round=self.scene.rounds[-1])
            rows = results.values_list("pupil_id", "indicator_id", "value")
            stored = {(pupil, indicator): value for pupil, indicator, value in rows}
        return sum(stored.get(key) != value for key, value in self.committed.items())


def _is_doubled(difference: Difference) -> bool:
    stored, recounted = difference.counts.get("measured", (0, 0))
    return (stored or 0) > (recounted or 0)


def make_town() -> Town:
    """With a result for everybody, and its sums counted."""
    scene = make_scene(class_sizes=CLASS_SIZES, n_indicators=2, n_rounds=1)
    with municipality_scope(scene.municipality):
        fill_rounds(scene, scene.rounds)
        pupils = list(Enrolment.objects.order_by("pk").values_list("pupil_id", "school_class_id"))
    town = Town(scene, pupils)
    town.repair()
    return town
