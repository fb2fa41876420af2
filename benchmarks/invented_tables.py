"""The figures of one indicator in one round in an invented municipality, as protection gets them. No database.

About a school per 300 pupils, every fifth of them a village school of 30 to 90; an area per five schools, two
administrations where there are more than three areas. In red are 8–15 % of a municipality, more or less in each school.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aggregation.disclosure.rules import Part
from aggregation.disclosure.tables import Slice, Slices, Table

SIZES = (1_200, 3_000, 6_000, 12_000, 20_000)
ALL: Slice = 0
TOP = 1
SCHOOL_SIZE = 300
VILLAGE_SIZES = (30, 90)
VILLAGE_SHARE = 0.2
RED_SHARES = (0.08, 0.15)
YELLOW_SHARE = 0.25
MEASURED_SHARES = (0.85, 1.0)
# The larger, the more alike are the schools of a municipality.
LIKENESS = 8.0


def invented_table(seed: int, n_pupils: int, village_share: float = VILLAGE_SHARE) -> Table:
    """The colours of all pupils, by school. The same seed, size and share of village schools give the same."""
    dice = np.random.default_rng([seed, n_pupils])
    n_schools = max(3, round(n_pupils / SCHOOL_SIZE))
    parents, areas = _tree(n_schools)
    red = dice.uniform(*RED_SHARES)
    leaves: dict[int, Slices] = {}
    for n, n_due in enumerate(_school_sizes(dice, n_schools, n_pupils, village_share)):
        school = len(parents) + 1
        parents[school] = areas[n % len(areas)]
        n_measured = max(1, round(n_due * dice.uniform(*MEASURED_SHARES)))
        own_red = min(0.6, red * dice.gamma(LIKENESS, 1 / LIKENESS))
        counts = dice.multinomial(n_measured, [1 - YELLOW_SHARE - own_red, YELLOW_SHARE, own_red])
        leaves[school] = {ALL: (*map(int, counts), 0)}
    return Table(leaves, parents, Part.COLOURS)


def _tree(n_schools: int) -> tuple[dict[int, int | None], list[int]]:
    """The tree without its schools, and its areas."""
    n_areas = max(1, round(n_schools / 5))
    parents: dict[int, int | None] = {TOP: None}
    above = [TOP]
    if n_areas > 3:
        above = [2, 3]
        parents |= dict.fromkeys(above, TOP)
    areas = list(range(len(parents) + 1, len(parents) + 1 + n_areas))
    parents |= {area: above[n % len(above)] for n, area in enumerate(areas)}
    return parents, areas


def _school_sizes(
    dice: np.random.Generator, n_schools: int, n_pupils: int, village_share: float
) -> list[int]:
    is_village = dice.random(n_schools) < village_share
    weights = np.where(is_village, 0, dice.lognormal(0, 0.4, n_schools))
    villages = np.where(is_village, dice.integers(*VILLAGE_SIZES, n_schools), 0)
    others = weights / max(weights.sum(), 1e-9) * max(0, n_pupils - villages.sum())
    return [max(10, round(size)) for size in villages + others]


def split_table(table: Table, slices: Sequence[Slice], shares: Sequence[float], seed: int) -> Table:
    """The same pupils by slice: each falls into one of them, by shares that vary from school to school."""
    dice = np.random.default_rng([seed, len(slices)])
    leaves: dict[int, Slices] = {}
    for leaf, counts in table.leaves.items():
        own = dice.dirichlet(np.array(shares) * 40)
        kinds = [dice.multinomial(count, own) for count in counts[ALL]]
        leaves[leaf] = {slice_: tuple(int(kind[n]) for kind in kinds) for n, slice_ in enumerate(slices)}
    return replace(table, leaves=leaves)
