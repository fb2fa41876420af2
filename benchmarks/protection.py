"""Small groups: what protection costs, in figures that are not shown and in processor seconds, and what still leaks.

Of colours, as heads see them: of all pupils, and with a group of one in ten and the rest. Attacked from outside and by
each school with exact knowledge of its own counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median
from typing import TypeVar

from aggregation.disclosure.attack import Displayed, Leak, leaks
from aggregation.disclosure.families import Family, attack, protect_family
from aggregation.disclosure.partitions import Partition
from aggregation.disclosure.pools import broken_rules, protect
from aggregation.disclosure.rules import Limits
from aggregation.disclosure.tables import Table

from .figures import Figure, Report
from .invented_tables import SIZES, invented_table, split_table

Made = TypeVar("Made")
LIMITS = Limits()
# Sixty schools.
LARGE = 18_000
# Municipalities in which about a fifth of the schools may not be shown by themselves.
MANY_VILLAGES = 0.6
# Schools of the largest table.
MOST_SCHOOLS = 2_200
GROUP, GROUP_SHARES = (1001, -1001), (0.1, 0.9)
PERCENT = 100


@dataclass(frozen=True)
class Size:
    """n_seeds: municipalities of each size; as many large tables in all are protected and attacked for the time."""

    n_seeds: int = 20


@dataclass(frozen=True)
class Protected:
    """Tables of the same readers, the first of all pupils, and how each is shown."""

    tables: Sequence[Table]
    partitions: Sequence[Partition]

    @property
    def hidden_schools(self) -> float:
        """The share of schools whose red is not shown by itself, in the last of the tables."""
        return len(self.partitions[-1].hidden) / len(self.tables[-1].leaves)

    @property
    def unsafe_schools(self) -> float:
        """The share of schools that break a rule by themselves: no protection can show them."""
        table = self.tables[-1]
        return sum(bool(broken_rules(table, leaf, LIMITS)) for leaf in table.leaves) / len(table.leaves)

    @property
    def hidden_nodes(self) -> float:
        """The share of all units, from the municipality to the school, whose counts are not shown."""
        table, partition = self.tables[-1], self.partitions[-1]
        return 1 - len(table.shown_nodes(partition)) / len(table.leaves_of)

    @property
    def hidden_municipality(self) -> bool:
        return bool(self.partitions[-1].unshown)


def run(size: Size) -> Report:
    n_large = size.n_seeds * len(SIZES)
    large = [invented_table(seed, LARGE) for seed in range(n_large)]
    towns = [invented_table(seed, n_pupils) for seed in range(size.n_seeds) for n_pupils in SIZES]
    shown_large, protecting = _timed(lambda: list(map(_protect, large)))
    found_large, attacking = _timed(lambda: _attack(shown_large))
    shown = list(map(_protect, towns))
    villages = [
        _protect(invented_table(seed, n_pupils, MANY_VILLAGES))
        for seed in range(size.n_seeds)
        for n_pupils in SIZES
    ]
    largest, protecting_largest = _timed(
        lambda: _protect(invented_table(0, MOST_SCHOOLS * LARGE // len(large[0].leaves)))
    )
    found_largest, attacking_largest = _timed(lambda: _attack([largest]))
    families, of_families = _timed(lambda: [_with_group(town, seed) for seed, town in enumerate(towns)])
    split = [Protected(family.tables, family.partitions) for family in families]
    found = [*found_large, *found_largest, *_attack(shown), *_attack(villages)]
    planted = [is_caught for each in shown for is_caught in _planted(each)]
    return Report(
        "protection",
        "no database",
        f"{n_large} tables of {len(large[0].leaves)} schools; {len(towns)} municipalities of "
        f"{SIZES[0]:,}–{SIZES[-1]:,} pupils; limits {LIMITS.smallest_base} and {LIMITS.smallest_count}",
        [
            Figure(f"{n_large} tables protected and attacked, CPU", protecting + attacking, "s", most=30),
            Figure("… protected", protecting, "s"),
            Figure("… attacked, from outside and by every school", attacking, "s"),
            _percent("schools with hidden red, median", [each.hidden_schools for each in shown], median, 30),
            *(_of_size(n_pupils, shown[n :: len(SIZES)]) for n, n_pupils in enumerate(SIZES)),
            _percent("… mean", [each.hidden_schools for each in shown], fmean),
            _percent(
                "… that break a rule by themselves, mean", [each.unsafe_schools for each in shown], fmean
            ),
            _percent("with many villages, median", [each.hidden_schools for each in villages], median, 30),
            _percent("… mean", [each.hidden_schools for each in villages], fmean),
            _percent(
                "… that break a rule by themselves, mean", [each.unsafe_schools for each in villages], fmean
            ),
            _percent("hidden counts of all units, mean", [each.hidden_nodes for each in shown], fmean),
            Figure("schools in the largest pool", max(_pools(shown), default=0), ""),
            Figure("municipalities without figures", sum(each.hidden_municipality for each in shown), ""),
            Figure(
                f"one table of {len(largest.tables[0].leaves):,} schools protected and attacked, CPU",
                protecting_largest + attacking_largest,
                "s",
            ),
            Figure("leaks, from outside", sum(leak.known_by is None for leak in found), "", most=0),
            Figure("leaks, by a school", sum(leak.known_by is not None for leak in found), "", most=0),
            Figure("planted faults", len(planted), ""),
            Figure("… not found", planted.count(False), "", most=0),
            Figure(f"{len(split)} tables with a group, protected and attacked, CPU", of_families, "s"),
            _percent("… schools with hidden red, median", [each.hidden_schools for each in split], median),
            Figure("… leaks", sum(len(family.leaks) for family in families), "", most=0),
        ],
    )


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    start = time.process_time()
    return work(), time.process_time() - start


def _protect(table: Table) -> Protected:
    return Protected([table], [protect(table, LIMITS)])


def _with_group(table: Table, seed: int) -> Family:
    return protect_family([table, split_table(table, GROUP, GROUP_SHARES, seed)], LIMITS)


def _attack(many: Sequence[Protected]) -> list[Leak]:
    return [leak for shown in many for leak in attack(shown.tables, shown.partitions, LIMITS)]


def _planted(shown: Protected) -> list[bool]:
    """Of each pool, whether it is found that one member's red is shown after all; and that one is not in it."""
    [table], [partition] = shown.tables, shown.partitions
    plant = partial(Displayed, truth=table.leaves, part=table.part, hidden=partition.hidden)
    caught = []
    for pool in partition.pools:
        member = min(pool)
        for leaves, kinds in (({member}, (2,)), (pool - {member}, range(4))):
            counts = table.counts_of(leaves)
            fault = {
                slice_: [count if kind in kinds else None for kind, count in enumerate(each)]
                for slice_, each in counts.items()
            }
            caught.append(
                bool(leaks([plant({**table.shown_sums(partition), frozenset(leaves): fault})], LIMITS))
            )
    return caught


def _pools(many: Sequence[Protected]) -> list[int]:
    return [len(pool) for shown in many for pool in shown.partitions[-1].pools]


def _of_size(n_pupils: int, many: Sequence[Protected]) -> Figure:
    return _percent(f"… of {n_pupils:,} pupils", [each.hidden_schools for each in many], median)


def _percent(
    name: str, shares: Sequence[float], summary: Callable[[Sequence[float]], float], most: float | None = None
) -> Figure:
    return Figure(name, PERCENT * summary(shares), "%", most=most)
