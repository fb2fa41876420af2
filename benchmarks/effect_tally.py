"""Interventions on pupils of whom the truth is known, and how often each verdict was given on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from interventions.effect import Choice, Effect, Measure, Pairs, Reason, Verdict, effect_of

from .dutch_schools import dutch_pupils
from .invented_effects import Assignment, Dice, Pupils, World, invented_pupils

PERCENT = 100
SEED = 20261128


@dataclass
class Tally:
    """Of many interventions: how many had which verdict, and whose interval held the truth."""

    truth: float = 0.0
    n: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    n_compared: int = 0
    n_covered: int = 0
    n_naive: int = 0
    changes: list[float] = field(default_factory=list)
    drifts: list[float] = field(default_factory=list)
    n_matched: list[int] = field(default_factory=list)

    def add(self, effect: Effect, treated: Pairs) -> None:
        self.n += 1
        self.verdicts[effect.verdict] += 1
        self.reasons[effect.reason] += 1
        self.n_naive += naive_says_better(treated)
        self.changes.append(float(np.mean(treated.follow_up - treated.start)))
        self.drifts.append(effect.expected_drift or 0.0)
        if effect.difference is not None:
            self.n_compared += 1
            self.n_covered += effect.difference.low <= self.truth <= effect.difference.high
            self.n_matched.append(effect.n_matched_comparison)

    def percent(self, verdict: Verdict) -> float:
        return PERCENT * self.verdicts[verdict] / self.n

    @property
    def coverage(self) -> float:
        """Of the intervals that were given, in percent."""
        return PERCENT * self.n_covered / max(1, self.n_compared)

    @property
    def naive(self) -> float:
        return PERCENT * self.n_naive / self.n


def naive_says_better(treated: Pairs) -> bool:
    """The pupils before and after, with a 95 % interval (normal, as on the back of an envelope) above zero."""
    change = treated.follow_up - treated.start
    return bool(change.mean() > 1.96 * change.std(ddof=1) / np.sqrt(len(change)))


def simulated(
    n: int,
    world: World,
    assign: Assignment,
    truth: float = 0.0,
    choice: Choice = Choice.BY_JUDGEMENT,
) -> Tally:
    measure = Measure(is_high_good=True, measurement_error=float(np.sqrt(1 - world.reliability)))
    return _tally(n, lambda dice: invented_pupils(dice, world), assign, measure, truth, choice)


def among_dutch_pupils(n: int, subject: str, assign: Assignment, n_classes: int | None = None) -> Tally:
    """n_classes: of how many classes, drawn anew each time, the place is that they are in."""
    pupils = dutch_pupils(subject)
    classes = np.unique(pupils.school_class)

    def place(dice: Dice) -> Pupils:
        return pupils.of_classes(dice.permutation(classes)[:n_classes])

    return _tally(n, place, assign, Measure(is_high_good=True), 0.0, Choice.BY_JUDGEMENT)


def _tally(
    n: int,
    draw: Callable[[Dice], Pupils],
    assign: Assignment,
    measure: Measure,
    truth: float,
    choice: Choice,
) -> Tally:
    dice, tally = np.random.default_rng(SEED), Tally(truth)
    for _each in range(n):
        pupils = draw(dice)
        of_treated, of_comparison = assign(dice, pupils)
        treated, comparison = pupils.pairs(of_treated, truth), pupils.pairs(of_comparison)
        tally.add(effect_of(treated, comparison, measure, choice=choice), treated)
    return tally
