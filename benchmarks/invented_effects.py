"""Invented year groups, who of them is chosen for an intervention, and what it does: the truth is known.

In standard deviations of the start value. A start value is what the pupil can, and an error; the follow-up is what the
pupil could, what changed for the pupil, for the class, by the intervention, and another error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interventions.effect import Pairs

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dice = np.random.Generator
YEAR_GROUP = 4


@dataclass(frozen=True)
class World:
    """reliability: of both values. own_change: the variance of how differently pupils develop.

    class_share: what classmates have in common of all that is not explained by the start value. able_share: of what the
    pupils can at the start, the share that lies between classes. growth: of everybody.
    is_skewed: most values are small and a few are large, as days of absence are.
    """

    n_classes: int = 24
    class_size: int = 25
    reliability: float = 0.8
    own_change: float = 0.1
    class_share: float = 0.1
    able_share: float = 0.0
    growth: float = 0.0
    is_skewed: bool = False


@dataclass(frozen=True, eq=False)
class Pupils:
    """able: what they could at the start. without: the follow-up, had there been no intervention."""

    able: Floats
    start: Floats
    without: Floats
    school_class: npt.NDArray[np.int64]

    def of_classes(self, classes: npt.NDArray[np.int64]) -> Pupils:
        meant = np.isin(self.school_class, classes)
        return Pupils(self.able[meant], self.start[meant], self.without[meant], self.school_class[meant])

    def pairs(self, are_meant: Flags, effect: float = 0.0) -> Pairs:
        n = int(are_meant.sum())
        follow_up = self.without[are_meant] + effect
        return Pairs(self.start[are_meant], follow_up, np.full(n, YEAR_GROUP), self.school_class[are_meant])


def invented_pupils(dice: Dice, world: World) -> Pupils:
    n = world.n_classes * world.class_size
    school_class = np.repeat(np.arange(world.n_classes), world.class_size)
    error = 1 - world.reliability
    # Of the follow-up, given the start.
    unexplained = world.reliability * error + world.own_change + error
    of_class = unexplained * world.class_share / (1 - world.class_share)
    able = _draw(dice, world.reliability * (1 - world.able_share), n, world)
    able += dice.normal(0, np.sqrt(world.reliability * world.able_share), world.n_classes)[school_class]
    changed = _draw(dice, world.own_change, n, world)
    common = dice.normal(0, np.sqrt(of_class), world.n_classes)[school_class]
    start = able + _draw(dice, error, n, world)
    return Pupils(
        able, start, able + changed + common + world.growth + _draw(dice, error, n, world), school_class
    )


def _draw(dice: Dice, variance: float, n: int, world: World) -> Floats:
    if world.is_skewed:
        return np.sqrt(variance) * (dice.exponential(1, n) - 1)
    return dice.normal(0, np.sqrt(variance), n)


# Who gets the intervention, and who could be compared.
Assignment = Callable[[Dice, Pupils], tuple[Flags, Flags]]


def lowest_of_a_third(n_treated: int) -> Assignment:
    """Of a third of the classes; all the others could be compared."""

    def assign(dice: Dice, pupils: Pupils) -> tuple[Flags, Flags]:
        return _treated_and_others(_lowest(pupils.start, n_treated, _third(dice, pupils)))

    return assign


def low_by_judgement(dice: Dice, pupils: Pupils) -> tuple[Flags, Flags]:
    """30 of a third of the classes, by what the teachers know: what the pupils can, with an error of its own."""
    known = pupils.able + dice.normal(0, 0.3, len(pupils.able))
    return _treated_and_others(_lowest(known, 30, _third(dice, pupils)))


def mostly_low(dice: Dice, pupils: Pupils) -> tuple[Flags, Flags]:
    """30 that are mostly low; what else counts is by chance."""
    chance = dice.normal(0, pupils.start.std(), len(pupils.start))
    return _treated_and_others(_lowest(pupils.start + chance, 30))


def by_lot(n_treated: int) -> Assignment:
    """With twice as many to compare."""

    def assign(dice: Dice, pupils: Pupils) -> tuple[Flags, Flags]:
        drawn = dice.permutation(len(pupils.start))
        return drawn < n_treated, (drawn >= n_treated) & (drawn < 3 * n_treated)

    return assign


def whole_classes(n_treated: int) -> Assignment:
    def assign(dice: Dice, pupils: Pupils) -> tuple[Flags, Flags]:
        classes = dice.permutation(np.unique(pupils.school_class))
        return _treated_and_others(np.isin(pupils.school_class, classes[:n_treated]))

    return assign


def _third(dice: Dice, pupils: Pupils) -> Flags:
    classes = dice.permutation(np.unique(pupils.school_class))
    return np.isin(pupils.school_class, classes[: len(classes) // 3])


def _lowest(values: Floats, n: int, are_meant: Flags | bool = True) -> Flags:
    are_lowest = np.zeros(len(values), bool)
    are_lowest[np.argsort(np.where(are_meant, values, np.inf), kind="stable")[:n]] = True
    return are_lowest


def _treated_and_others(treated: Flags) -> tuple[Flags, Flags]:
    return treated, ~treated
