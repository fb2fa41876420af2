"""Pools of invented municipalities: safe by rules that are checked one by one here, near, small, and stable."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from aggregation.disclosure.partitions import Partition, rest_of
from aggregation.disclosure.pools import protect, reasons
from aggregation.disclosure.rules import Counts, Limits, Part, Rule, broken_rule
from aggregation.disclosure.safety import Safety
from aggregation.disclosure.tables import Table
from benchmarks.invented_tables import ALL, SIZES, invented_table, split_table

LIMITS = Limits()
TOP, AREA, OTHER_AREA = 1, 2, 3
SAFE = (40, 20, 10)
FEW_RED = (40, 20, 2)


def flat(*schools: Counts, part: Part = Part.COLOURS) -> Table:
    """Schools 11, 12 … directly under the top."""
    leaves = {11 + n: {ALL: counts} for n, counts in enumerate(schools)}
    return Table(leaves, {TOP: None} | dict.fromkeys(leaves, TOP), part)


def two_areas(schools: list[Counts], others: list[Counts]) -> Table:
    """Schools 11 … under one area, 21 … under another."""
    under = {11 + n: counts for n, counts in enumerate(schools)}
    under_other = {21 + n: counts for n, counts in enumerate(others)}
    parents = {TOP: None, AREA: TOP, OTHER_AREA: TOP}
    parents |= dict.fromkeys(under, AREA) | dict.fromkeys(under_other, OTHER_AREA)
    leaves = {leaf: {ALL: counts} for leaf, counts in (under | under_other).items()}
    return Table(leaves, parents, Part.COLOURS)


def blocks_of(partition: Partition) -> list[list[int]]:
    return partition.as_lists()[0]


def test_nothing_unsafe_is_everything_shown() -> None:
    table = flat(SAFE, SAFE)

    partition = protect(table, LIMITS)

    assert blocks_of(partition) == [[11], [12]]
    assert table.shown_nodes(partition) == {TOP, 11, 12}
    assert reasons(table, partition, LIMITS) == {}


def test_unsafe_school_is_pooled_with_the_two_smallest_sisters() -> None:
    table = flat(FEW_RED, (90, 50, 20), SAFE, (30, 20, 9))

    partition = protect(table, LIMITS)

    assert partition.pools == [{11, 13, 14}]
    assert table.shown_nodes(partition) == {TOP, 12}
    assert reasons(table, partition, LIMITS) == dict.fromkeys((11, 13, 14), Rule.POOLED_WITH_UNSAFE)


def test_unsafe_schools_of_several_areas_cover_each_other_where_that_hides_less() -> None:
    """In each of three areas one: with lenders nine schools would be hidden, this way three and their areas."""
    areas = {2: [21, 22, 23, 24], 3: [31, 32, 33, 34], 4: [41, 42, 43, 44]}
    parents = {TOP: None} | dict.fromkeys(areas, TOP)
    parents |= {school: area for area, schools in areas.items() for school in schools}
    leaves = {school: {ALL: (40, 20, 3) if school % 10 == 1 else SAFE} for school in parents if school > 4}
    table = Table(leaves, parents, Part.COLOURS)

    partition = protect(table, LIMITS)

    assert partition.pools == [{21, 31, 41}]
    assert partition.hidden == {21, 31, 41}


def test_two_schools_are_never_a_pool() -> None:
    """Each of them would know the other."""
    table = flat(FEW_RED, SAFE)

    partition = protect(table, LIMITS)

    assert partition.as_lists() == ([[11], [12]], [[11]])
    assert reasons(table, partition, LIMITS) == {TOP: Rule.NO_SAFE_POOL, 11: Rule.NO_SAFE_POOL}


def test_unsafe_schools_cover_each_other() -> None:
    partition = protect(flat((40, 20, 4), (40, 20, 3), (40, 20, 4), SAFE), LIMITS)

    assert blocks_of(partition) == [[11, 12, 13], [14]]


def test_pool_without_any_one_member_is_safe() -> None:
    """Without the third there would be four in red."""
    partition = protect(flat((40, 20, 2), (40, 20, 2), (40, 20, 4), SAFE), LIMITS)

    assert blocks_of(partition) == [[11, 12, 13, 14]]


def test_group_of_six_that_is_all_green_is_hidden() -> None:
    table = flat((6, 0, 0), SAFE, SAFE, SAFE)

    partition = protect(table, LIMITS)

    assert partition.block_of(11) == {11, 12, 13}
    assert reasons(table, partition, LIMITS)[11] is Rule.FEW_PUPILS


def test_all_of_one_colour_is_hidden_whatever_the_size() -> None:
    assert not protect(flat((60, 0, 0), SAFE, SAFE), LIMITS).is_shown_alone(11)


def test_sisters_come_before_cousins() -> None:
    table = two_areas([FEW_RED, (99, 99, 99), (99, 99, 99)], [SAFE, SAFE])

    partition = protect(table, LIMITS)

    assert partition.pools == [{11, 12, 13}]
    assert {AREA, OTHER_AREA} <= table.shown_nodes(partition)


def test_cousins_help_where_there_are_not_enough_sisters_and_the_areas_are_hidden() -> None:
    table = two_areas([FEW_RED, SAFE], [SAFE, (99, 99, 99)])

    partition = protect(table, LIMITS)

    assert partition.pools == [{11, 12, 21}]
    assert table.shown_nodes(partition) == {TOP, 22}
    assert reasons(table, partition, LIMITS)[AREA] is Rule.POOL_ACROSS


def test_pupils_in_no_school_are_a_leaf_that_is_protected_too() -> None:
    """Two in red go to no school of the area: they would be the area minus its schools."""
    schools = {11: (30, 20, 9), 12: (30, 20, 8), 13: (30, 20, 7)}
    figures = {TOP: {ALL: (91, 60, 26)}, **{school: {ALL: counts} for school, counts in schools.items()}}

    table = Table.from_nodes(figures, {TOP: None} | dict.fromkeys(schools, TOP), Part.COLOURS)

    assert table.leaves[rest_of(TOP)] == {ALL: (1, 0, 2)}
    assert len(protect(table, LIMITS).block_of(rest_of(TOP))) == 3


def test_node_with_less_than_those_below_it_is_refused() -> None:
    with pytest.raises(ValueError, match="node 1 has less"):
        Table.from_nodes({TOP: {ALL: (1, 1, 1)}, 11: {ALL: SAFE}}, {TOP: None, 11: TOP}, Part.COLOURS)


def test_few_missing_are_pooled() -> None:
    table = flat((3,), (0,), (8,), (9,), part=Part.COVERAGE)

    assert protect(table, LIMITS).block_of(11) == {11, 13, 14}


def test_slices_are_protected_together() -> None:
    """One school has few of the group in red; its own rest, and the group elsewhere, are safe."""
    group, rest = {1001: (15, 5, 3), -1001: SAFE}, {1001: (15, 9, 9), -1001: SAFE}
    table = Table({11: group, 12: rest, 13: rest}, {TOP: None, 11: TOP, 12: TOP, 13: TOP}, Part.COLOURS)

    partition = protect(table, LIMITS)

    assert blocks_of(partition) == [[11, 12, 13]]


def test_split_is_a_coarsening_of_all() -> None:
    table = invented_table(4, 12_000)
    of_all = protect(table, LIMITS)
    split = split_table(table, (201, 202), (0.5, 0.5), seed=4)

    partition = protect(split, LIMITS, coarser_than=of_all)

    assert of_all.pools
    assert partition.is_coarsening_of(of_all)
    assert not of_all.is_coarsening_of(partition)


def test_stricter_limits_for_the_board_coarsen_the_heads_partition() -> None:
    table = invented_table(2, 12_000)
    heads = protect(table, LIMITS)

    board = protect(table, Limits(smallest_base=60, smallest_count=8), coarser_than=heads)

    assert board.is_coarsening_of(heads)
    assert all(sum(table.counts_of(block)[ALL]) >= 60 for block in board.shown)


def test_what_is_unshown_stays_so_in_what_is_coarser() -> None:
    of_all = protect(flat(FEW_RED, SAFE), LIMITS)

    assert protect(flat(SAFE, SAFE), LIMITS, coarser_than=of_all).unshown == of_all.unshown


def test_school_that_a_coarser_partition_does_not_know_is_by_itself() -> None:
    of_all = protect(flat(SAFE, SAFE), LIMITS)

    assert blocks_of(protect(flat(SAFE, SAFE, SAFE), LIMITS, coarser_than=of_all)) == [[11], [12], [13]]


def test_table_of_nobody_is_a_partition_of_nothing() -> None:
    assert protect(flat(), LIMITS) == Partition.of([])


def test_pools_of_the_round_before_are_kept_while_they_are_of_use() -> None:
    before = Partition.of([[11, 13, 15], [12], [14]])
    schools = [FEW_RED, (30, 20, 9), (50, 30, 12), (30, 20, 8), (60, 40, 15)]

    assert protect(flat(*schools), LIMITS).block_of(11) == {11, 12, 14}
    assert protect(flat(*schools), LIMITS, prefer=before) == before
    # Nobody needs it any more; it is not safe any more; one of them is not needed any more.
    assert not protect(flat(SAFE, *schools[1:]), LIMITS, prefer=before).pools
    assert protect(flat(*schools[:2], (50, 30, 2), *schools[3:]), LIMITS, prefer=before) != before
    wide = Partition.of([[11, 12, 13, 14, 15]])
    assert protect(flat(*schools), LIMITS, prefer=wide).block_of(11) == {11, 12, 14}


@pytest.mark.slow
def test_most_pools_are_the_same_in_the_next_round() -> None:
    """Of 20 municipalities in which every pupil's colour is drawn anew from the school's own shares."""
    kept = []
    for seed in range(20):
        table = invented_table(seed, 12_000)
        first = protect(table, LIMITS)
        again = redrawn(table, seed)
        for pool in first.pools:
            if any(broken_rule(again.leaves[leaf][ALL], LIMITS, Part.COLOURS) for leaf in pool):
                kept.append(pool in protect(again, LIMITS, prefer=first).blocks)
    without = []
    for seed in range(20):
        table = invented_table(seed, 12_000)
        first, fresh = protect(table, LIMITS), protect(redrawn(table, seed), LIMITS)
        without += [pool in fresh.blocks for pool in first.pools]

    assert np.mean(kept) > 0.6
    assert np.mean(kept) > np.mean(without)


def redrawn(table: Table, seed: int) -> Table:
    dice = np.random.default_rng([seed, 7])
    leaves = {}
    for leaf, slices in table.leaves.items():
        counts = np.array(slices[ALL])
        leaves[leaf] = {ALL: tuple(map(int, dice.multinomial(counts.sum(), counts / counts.sum())))}
    return Table(leaves, table.parents, table.part)


small_counts = st.tuples(*[st.integers(0, 25)] * 3)


@given(st.lists(small_counts, min_size=1, max_size=5), st.lists(small_counts, min_size=1, max_size=5))
@settings(deadline=None)
def test_every_shown_sum_may_be_shown_also_without_any_one_member(
    schools: list[Counts], others: list[Counts]
) -> None:
    table = two_areas(schools, others)

    partition = protect(table, LIMITS)

    assert sorted(chain(*partition.blocks)) == sorted(table.leaves)
    for block in partition.shown:
        rests = [block - {leaf} for leaf in block] if len(block) > 1 else []
        for leaves in (block, *rests):
            assert broken_rule(table.counts_of(leaves)[ALL], LIMITS, Part.COLOURS) is None


@given(st.lists(small_counts, min_size=3, max_size=8), st.randoms())
@settings(deadline=None)
def test_order_of_the_table_does_not_matter(schools: list[Counts], dice: object) -> None:
    table = flat(*schools)
    shuffled = list(table.leaves.items())
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    assert protect(Table(dict(shuffled), table.parents, table.part), LIMITS) == protect(table, LIMITS)


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=2, max_size=4))
@settings(deadline=None, max_examples=12)
def test_closed_form_equals_linear_programs(members: list[Counts]) -> None:
    """Of each count, for an outsider and for the first member."""
    safety = Safety(flat(*members), LIMITS)
    places = np.arange(len(members))[None]
    whole = safety.counts[:-1].sum(0)
    sums = np.stack([whole, whole - safety.counts[0]])[None]

    lowest, highest = safety.ranges(places, sums)

    for reader, others in ((0, range(len(members))), (1, range(1, len(members)))):
        expected = ranges_by_programs([members[place] for place in others])
        for n, place in enumerate(others):
            found = np.column_stack([lowest[0, reader, place, 0], highest[0, reader, place, 0]])
            assert found.tolist() == expected[n]


def ranges_by_programs(members: list[Counts]) -> list[list[list[int]]]:
    """The lowest and highest of each count of each member, from the sizes of the members and the sum of each kind."""
    truth = np.array(members)
    n_members, n_kinds = truth.shape
    of_members = np.kron(np.eye(n_members), np.ones(n_kinds))
    of_kinds = np.kron(np.ones(n_members), np.eye(n_kinds))
    equations = np.concatenate([of_members, of_kinds])
    numbers = np.concatenate([truth.sum(1), truth.sum(0)])

    def end(place: int, sign: int) -> int:
        goal = np.zeros(truth.size)
        goal[place] = sign
        return round(sign * linprog(goal, A_eq=equations, b_eq=numbers, bounds=(0, None)).fun)

    flat_ends = [[end(place, 1), end(place, -1)] for place in range(truth.size)]
    return [flat_ends[n * n_kinds : (n + 1) * n_kinds] for n in range(n_members)]


@pytest.mark.slow
def test_most_schools_are_shown_by_themselves() -> None:
    """Of 20 municipalities of each of five sizes; the goal is 30 % in the median."""
    towns = [invented_table(seed, n_pupils) for seed in range(20) for n_pupils in SIZES]
    hidden = [len(protect(town, LIMITS).hidden) / len(town.leaves) for town in towns]

    assert median(hidden) <= 0.3


def test_partition_can_be_stored_and_read() -> None:
    partition = Partition.of([[1], [2, 3]], unshown=[[4, 5]])

    blocks, unshown = partition.as_lists()

    assert (blocks, unshown) == ([[1], [2, 3], [4, 5]], [[4, 5]])
    assert Partition.of(blocks, unshown) == partition


@pytest.mark.parametrize(
    ("leaves", "is_shown"), [([1], True), ([2], False), ([2, 3], True), ([1, 2, 3], True), ([1, 4, 5], False)]
)
def test_sum_is_shown_if_it_is_a_union_of_shown_blocks(leaves: Iterable[int], is_shown: bool) -> None:
    partition = Partition.of([[1], [2, 3]], unshown=[[4, 5]])

    assert partition.shows(frozenset(leaves)) is is_shown


def test_joined_partitions_are_coarser_than_both() -> None:
    first, second = Partition.of([[1, 2], [3], [4], [5]]), Partition.of([[1], [2, 3], [4]], unshown=[[5]])

    joined = first.joined_with(second)

    assert joined == Partition.of([[1, 2, 3], [4]], unshown=[[5]])
    assert joined.is_coarsening_of(first)
    assert joined.is_coarsening_of(second)
    assert not first.is_coarsening_of(second)
