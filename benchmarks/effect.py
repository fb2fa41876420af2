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
# Pupils who are treated, where it is asked how many it takes to say that there is no difference.
SIZES = (30, 60, 100, 150, 200, 300)
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
    low = _Found("no effect, 30 lowest of 200", simulated(n, TOWN, lowest_of_a_third(30)))
    yield low.before_and_after(least=50)
    yield low.other("change, in standard deviations", float(np.mean(low.tally.changes)), "")
    yield low.other("expected drift", float(np.mean(low.tally.drifts)), "")
    yield low.other("pupils to compare, mean", float(np.mean(low.tally.n_matched or 0)), "")
    yield low.says(Verdict.BETTER, most=5)
    yield low.says(Verdict.WORSE, most=5)
    growing = simulated(n, replace(TOWN, growth=0.3), lowest_of_a_third(30))
    yield _Found("… everybody grows by 0.3", growing).before_and_after(least=50)
    kinds = [
        ("… everybody grows by 0.3", growing),
        (
            "… a fifth of what they can lies between classes",
            simulated(n, replace(TOWN, able_share=0.2), lowest_of_a_third(30)),
        ),
        ("no effect, 30 mostly low of 90 of a school", simulated(n, SCHOOL, mostly_low)),
        ("no effect, 30 of 90 by lot", simulated(n, TOWN, by_lot(30))),
        ("no effect, 4 of 12 classes", simulated(n, MANY_CLASSES, whole_classes(4))),
        (
            "… a fifth in common",
            simulated(n, replace(MANY_CLASSES, class_share=0.2), whole_classes(4)),
        ),
    ]
    for name, tally in kinds:
        yield _Found(name, tally).says(Verdict.BETTER, most=5)


def _with_effect(n: int) -> Iterator[Figure]:
    kinds: list[tuple[str, World, Assignment, bool]] = [
        ("30 lowest of 200", TOWN, lowest_of_a_third(30), True),
        ("30 mostly low of 90 of a school", SCHOOL, mostly_low, True),
        ("30 of 90 by lot", TOWN, by_lot(30), True),
        ("4 of 12 classes of 22", MANY_CLASSES, whole_classes(4), False),
        ("2 of 6 classes of 15", World(n_classes=6, class_size=15), whole_classes(2), False),
    ]
    for name, world, assign, has_goal in kinds:
        yield from _found(n, f"effect 0.5, {name}", world, assign, has_goal=has_goal)
        for share in (0.0, 0.2):
            yield from _found(
                n, f"… {name}, {share:.0%} in common", replace(world, class_share=share), assign
            )
    yield from _found(n, "… 30 of 90 by lot, skewed values", replace(TOWN, is_skewed=True), by_lot(30))
    yield from _found(n, "… 10 of 30 by lot", TOWN, by_lot(10))


def _found(
    n: int, name: str, world: World, assign: Assignment, *, has_goal: bool = False
) -> Iterator[Figure]:
    found = _Found(name, simulated(n, world, assign, TRUE_EFFECT))
    yield found.says(Verdict.BETTER, least=60 if has_goal else None)
    yield found.covers(has_goal=has_goal)


def _by_judgement(n: int) -> Iterator[Figure]:
    known = _Found("no effect, 30 low by what teachers know", simulated(n, TOWN, low_by_judgement))
    yield known.says(Verdict.WORSE, most=5)
    yield known.says(Verdict.BETTER, most=5)
    yield known.covers()
    mistaken = simulated(n, TOWN, low_by_judgement, choice=Choice.BY_RESULT)
    yield _Found("… if one had said by result", mistaken).says(Verdict.WORSE)
    helped = simulated(n, TOWN, low_by_judgement, TRUE_EFFECT)
    yield _Found("effect 0.5, 30 low by what teachers know", helped).says(Verdict.BETTER)


def _no_difference(n: int) -> Iterator[Figure]:
    large = World(n_classes=48)
    kinds = [
        *((f"no effect, {k} of {3 * k} by lot", by_lot(k), 0.0, Choice.BY_JUDGEMENT) for k in SIZES),
        *(
            (
                f"no effect, 150 lowest of 400, said {choice.value.replace('_', ' ')}",
                lowest_of_a_third(150),
                0.0,
                choice,
            )
            for choice in Choice
        ),
    ]
    for name, assign, truth, choice in kinds:
        yield _Found(name, simulated(n, large, assign, truth, choice)).says(Verdict.NO_DIFFERENCE)
    hidden = simulated(n, large, by_lot(300), TRUE_EFFECT / 2)
    yield _Found("effect 0.25, 300 of 900 by lot", hidden).says(Verdict.NO_DIFFERENCE, most=5)


def _among_real_pupils(n: int) -> Iterator[Figure]:
    for subject in SUBJECTS:
        in_common_percent = PERCENT * in_common(dutch_pupils(subject))
        yield Figure(f"real pupils, {subject}: classmates have in common", in_common_percent, "%")
        for name, assign, n_classes in AMONG_REAL_PUPILS:
            tally = among_dutch_pupils(n, subject, assign, n_classes)
            found = _Found(f"real pupils, {subject}, {name}", tally)
            yield found.before_and_after()
            yield found.says(Verdict.BETTER, most=5)
            yield found.says(Verdict.WORSE)
            yield found.covers()
            yield found.other("compared", PERCENT * tally.n_compared / tally.n, "%")


@dataclass(frozen=True)
class _Found:
    """The figures of one kind of intervention."""

    name: str
    tally: Tally

    def says(self, verdict: Verdict, *, most: float | None = None, least: float | None = None) -> Figure:
        name = f"{self.name}: says {verdict.replace('_', ' ')}"
        return Figure(name, self.tally.percent(verdict), "%", most=most, least=least)

    def before_and_after(self, *, least: float | None = None) -> Figure:
        return Figure(f"{self.name}: before and after says better", self.tally.naive, "%", least=least)

    def covers(self, *, has_goal: bool = False) -> Figure:
        least, most = (93, 97) if has_goal else (None, None)
        return Figure(
            f"{self.name}: interval holds the truth", self.tally.coverage, "%", least=least, most=most
        )

    def other(self, name: str, value: float, unit: str) -> Figure:
        return Figure(f"{self.name}: {name}", value, unit)
