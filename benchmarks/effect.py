"""How often the verdict on an intervention is right: invented pupils of whom the truth is known, and real ones to whom
nothing happened. docs/effect.md has the figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from interventions.effect import Choice, Verdict

from .dutch_schools import SUBJECTS, dutch_pupils, in_common
from .effect_tally import PERCENT, Tally, among_dutch_pupils, simulated
from .figures import Figure, Report
from .invented_effects import (
    Assignment,
    World,
    by_lot,
    low_by_judgement,
    lowest_of_a_third,
    mostly_low,
    whole_classes,
)

# In standard deviations.
TRUE_EFFECT = 0.5
TOWN = World()
SCHOOL = World(n_classes=3, class_size=30)
MANY_CLASSES = World(n_classes=12, class_size=22)
# Real pupils: 100 assignments of each kind.
N_ASSIGNMENTS = 100


# Among the real pupils: who is treated, and of how many classes the place is; None for all 131 schools.
AMONG_REAL_PUPILS: list[tuple[str, Assignment, int | None]] = [
    ("30 lowest of a third of the classes", lowest_of_a_third(30), None),
    ("30 mostly low of 12 classes", mostly_low, 12),
    ("30 by lot, 60 to compare", by_lot(30), None),
    ("3 of 12 whole classes", whole_classes(3), 12),
    ("20 whole classes", whole_classes(20), None),
]


@dataclass(frozen=True)
class Size:
    n_interventions: int = 1_000


def run(size: Size) -> Report:
    n, n_assignments = size.n_interventions, min(size.n_interventions, N_ASSIGNMENTS)
    return Report(
        "effect",
        "no database",
        f"{n:,} invented interventions of each kind; {n_assignments} among 2,287 real pupils",
        [
            *_without_effect(n),
            *_with_effect(n),
            *_by_judgement(n),
            *_no_difference(n),
            *_among_real_pupils(n_assignments),
        ],
    )


def _without_effect(n: int) -> Iterator[Figure]:
    low = simulated(n, TOWN, lowest_of_a_third(30))
    yield Figure("no effect, 30 lowest of 200: before and after says better", low.naive, "%", least=50)
    yield Figure("… they change by, in standard deviations", float(np.mean(low.changes)), "")
    yield Figure("… drift expected", float(np.mean(low.drifts)), "")
    yield Figure("… pupils to compare, mean", _mean(low.n_matched), "")
    yield Figure("… says better", low.percent(Verdict.BETTER), "%", most=5)
    yield Figure("… says worse", low.percent(Verdict.WORSE), "%", most=5)
    growing = simulated(n, replace(TOWN, growth=0.3), lowest_of_a_third(30))
    yield Figure("… everybody grows by 0.3: before and after says better", growing.naive, "%", least=50)
    yield Figure("… says better", growing.percent(Verdict.BETTER), "%", most=5)
    apart = simulated(n, replace(TOWN, able_share=0.2), lowest_of_a_third(30))
    yield Figure("… a fifth of what they can lies between classes: says better", _better(apart), "%", most=5)
    school = simulated(n, SCHOOL, mostly_low)
    yield Figure("no effect, 30 mostly low of 90 of a school: says better", _better(school), "%", most=5)
    yield Figure(
        "no effect, 30 of 90 by lot: says better", _better(simulated(n, TOWN, by_lot(30))), "%", most=5
    )
    for share in (0.1, 0.2):
        classes = simulated(n, replace(MANY_CLASSES, class_share=share), whole_classes(4))
        yield Figure(
            f"no effect, 4 of 12 classes, {share:.0%} in common: says better", _better(classes), "%", most=5
        )


def _with_effect(n: int) -> Iterator[Figure]:
    kinds: list[tuple[str, World, Assignment, bool]] = [
        ("30 lowest of 200", TOWN, lowest_of_a_third(30), True),
        ("30 mostly low of 90 of a school", SCHOOL, mostly_low, True),
        ("30 of 90 by lot", TOWN, by_lot(30), True),
        ("4 of 12 classes of 22", MANY_CLASSES, whole_classes(4), False),
        ("2 of 6 classes of 15", World(n_classes=6, class_size=15), whole_classes(2), False),
    ]
    for name, world, assign, has_goal in kinds:
        for share in (0.1, 0.0, 0.2):
            tally = simulated(n, replace(world, class_share=share), assign, TRUE_EFFECT)
            is_goal = has_goal and share == TOWN.class_share
            start = f"effect 0.5, {name}" if share == TOWN.class_share else "…"
            yield Figure(
                f"{start}, {share:.0%} in common: found", _better(tally), "%", least=60 if is_goal else None
            )
            yield _covered(tally, is_goal)
    skewed = simulated(n, replace(TOWN, is_skewed=True), by_lot(30), TRUE_EFFECT)
    yield Figure("effect 0.5, 30 of 90 by lot, skewed values: found", _better(skewed), "%")
    yield _covered(skewed, False)
    small = simulated(n, TOWN, by_lot(10), TRUE_EFFECT)
    yield Figure("effect 0.5, 10 of 30 by lot: found", _better(small), "%")
    yield _covered(small, False)


def _by_judgement(n: int) -> Iterator[Figure]:
    known = simulated(n, TOWN, low_by_judgement)
    yield Figure(
        "no effect, 30 low by what teachers know: says worse", known.percent(Verdict.WORSE), "%", most=5
    )
    yield Figure("… says better", known.percent(Verdict.BETTER), "%", most=5)
    mistaken = simulated(n, TOWN, low_by_judgement, choice=Choice.BY_RESULT)
    yield Figure("… if one had said by result: says worse", mistaken.percent(Verdict.WORSE), "%")
    yield Figure("… interval of the same start holds the truth", known.coverage, "%")
    helped = simulated(n, TOWN, low_by_judgement, TRUE_EFFECT)
    yield Figure("effect 0.5, 30 low by what teachers know: found", _better(helped), "%")


def _no_difference(n: int) -> Iterator[Figure]:
    large = World(n_classes=48)
    for n_treated in (30, 60, 100, 150, 200, 300):
        tally = simulated(n, large, by_lot(n_treated))
        yield Figure(
            f"no effect, {n_treated} of {3 * n_treated} by lot: says no difference",
            tally.percent(Verdict.NO_DIFFERENCE),
            "%",
        )
    for choice in Choice:
        low = simulated(n, large, lowest_of_a_third(150), choice=choice)
        said = str(choice).replace("_", " ")
        yield Figure(
            f"no effect, 150 lowest of 400, said {said}: says no difference",
            low.percent(Verdict.NO_DIFFERENCE),
            "%",
        )
    hidden = simulated(n, large, by_lot(300), TRUE_EFFECT / 2)
    yield Figure(
        "effect 0.25, 300 of 900 by lot: says no difference",
        hidden.percent(Verdict.NO_DIFFERENCE),
        "%",
        most=5,
    )


def _among_real_pupils(n: int) -> Iterator[Figure]:
    for subject in SUBJECTS:
        yield Figure(
            f"real pupils, {subject}: in common to classmates",
            PERCENT * in_common(dutch_pupils(subject)),
            "%",
        )
        for name, assign, n_classes in AMONG_REAL_PUPILS:
            tally = among_dutch_pupils(n, subject, assign, n_classes)
            yield Figure(f"real pupils, {subject}, {name}: says better", _better(tally), "%", most=5)
            yield Figure("… before and after says better", tally.naive, "%")
            yield Figure("… says worse", tally.percent(Verdict.WORSE), "%")
            yield Figure("… interval holds the truth", tally.coverage, "%")
            yield Figure("… compared", PERCENT * tally.n_compared / tally.n, "%")


def _better(tally: Tally) -> float:
    return tally.percent(Verdict.BETTER)


def _covered(tally: Tally, is_goal: bool) -> Figure:
    return Figure(
        "… interval holds the truth",
        tally.coverage,
        "%",
        most=97 if is_goal else None,
        least=93 if is_goal else None,
    )


def _mean(numbers: list[int]) -> float:
    return float(np.mean(numbers)) if numbers else 0.0
