"""Tables that narrow each other: what one table at a time does not see, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aggregation.disclosure.families import Family, attack, protect_family
from aggregation.disclosure.partitions import Partition
from aggregation.disclosure.pools import protect
from aggregation.disclosure.rules import Counts, Limits, Part
from aggregation.disclosure.tables import Slices, Table
from benchmarks.invented_tables import ALL, invented_table, split_table

LIMITS = Limits()
GROUP, REST, OTHER, REST_OF_OTHER = 1001, -1001, 1002, -1002

# Found by trying many: of each school, the counts of all, of one group and of another.
JOINED: dict[int, tuple[Counts, Counts, Counts]] = {
    10: ((24, 10, 2, 12), (15, 10, 2, 0), (4, 7, 1, 12)),
    11: ((11, 17, 0, 17), (5, 5, 0, 0), (0, 6, 0, 15)),
    12: ((7, 18, 15, 0), (0, 6, 0, 0), (5, 9, 6, 0)),
    13: ((0, 0, 0, 13), (0, 0, 0, 13), (0, 0, 0, 9)),
    14: ((11, 13, 0, 4), (0, 0, 0, 4), (2, 13, 0, 4)),
    15: ((16, 0, 12, 36), (0, 0, 12, 17), (6, 0, 6, 6)),
    16: ((4, 23, 13, 15), (4, 4, 0, 15), (0, 9, 9, 3)),
}
WITHDRAWN: dict[int, tuple[Counts, Counts, Counts]] = {
    10: ((0, 21, 39), (0, 16, 8), (0, 21, 29)),
    11: ((39, 0, 21), (0, 0, 9), (23, 0, 21)),
    12: ((0, 40, 56), (0, 28, 29), (0, 35, 45)),
    13: ((21, 0, 7), (0, 0, 0), (2, 0, 5)),
    14: ((0, 0, 13), (0, 0, 13), (0, 0, 7)),
    15: ((0, 15, 4), (0, 0, 4), (0, 3, 1)),
    16: ((43, 11, 39), (35, 11, 2), (22, 1, 37)),
    17: ((32, 27, 10), (0, 3, 3), (29, 19, 9)),
    18: ((0, 25, 36), (0, 4, 35), (0, 1, 30)),
}


def family_of(schools: Mapping[int, tuple[Counts, Counts, Counts]]) -> list[Table]:
    """Of all pupils, and of two groups, each with the rest; in two areas."""
    parents = {1: None, 2: 1, 3: 1} | {school: 2 + school % 2 for school in schools}

    def table(leaves: Mapping[int, Slices]) -> Table:
        return Table(leaves, parents, Part.COLOURS)

    def split(place: int, group: int, rest: int) -> Table:
        return table(
            {
                school: {group: counts[place], rest: _minus(counts[0], counts[place])}
                for school, counts in schools.items()
            }
        )

    of_all = table({school: {ALL: counts[0]} for school, counts in schools.items()})
    return [of_all, split(1, GROUP, REST), split(2, OTHER, REST_OF_OTHER)]


def _minus(whole: Counts, part: Counts) -> Counts:
    return tuple(a - b for a, b in zip(whole, part, strict=True))


def one_by_one(tables: list[Table]) -> list[Partition]:
    of_all = protect(tables[0], LIMITS)
    return [of_all, *(protect(table, LIMITS, coarser_than=of_all) for table in tables[1:])]


@pytest.mark.parametrize(("schools", "is_withdrawn"), [(JOINED, False), (WITHDRAWN, True)])
def test_tables_that_narrow_each_other_are_mended(
    schools: Mapping[int, tuple[Counts, Counts, Counts]], is_withdrawn: bool
) -> None:
    tables = family_of(schools)
    unguarded = one_by_one(tables)

    family = protect_family(tables, LIMITS)

    assert attack(tables, unguarded, LIMITS)
    assert family.leaks == []
    assert attack(tables, family.partitions, LIMITS) == []
    assert family.partitions[0] == unguarded[0]
    assert all(new.is_coarsening_of(old) for new, old in zip(family.partitions, unguarded, strict=True))
    assert (not any(partition.shown for partition in family.partitions[1:])) is is_withdrawn


def test_family_without_leaks_is_as_protected_one_by_one() -> None:
    table = invented_table(3, 6_000)
    tables = [table, split_table(table, (GROUP, REST), (0.2, 0.8), seed=3)]

    assert protect_family(tables, LIMITS) == Family(tables, one_by_one(tables), [])
