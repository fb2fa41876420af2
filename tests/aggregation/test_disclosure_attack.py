"""The attacker finds nothing in what is protected, and every planted fault. A second one, by fractions, agrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.disclosure.attack import Displayed, Memory, Shown, leaks
from aggregation.disclosure.changes import leaks_between
from aggregation.disclosure.families import protect_family
from aggregation.disclosure.partitions import Leaf, Partition
from aggregation.disclosure.pools import protect
from aggregation.disclosure.rules import Counts, Limits, Part, Rule, broken_rule
from aggregation.disclosure.tables import Table
from benchmarks.invented_tables import ALL, SIZES, invented_table, split_table

from .attack import worked_out

LIMITS = Limits()
A, B, C, D = 11, 12, 13, 14
BOYS, GIRLS = 202, 201
GROUP, REST = 1001, -1001


def displayed(table: Table, partition: Partition) -> Displayed:
    return Displayed(table.shown_sums(partition), table.leaves, table.part, partition.hidden)


def shown_as(sums: Mapping[tuple[Leaf, ...], Counts], truth: Mapping[Leaf, Counts]) -> Displayed:
    """Colours of all pupils."""
    return Displayed(
        {frozenset(leaves): {ALL: counts} for leaves, counts in sums.items()},
        {leaf: {ALL: counts} for leaf, counts in truth.items()},
        Part.COLOURS,
    )


def plus(displayed: Displayed, leaves: Iterable[Leaf], counts: Mapping[int, Shown]) -> Displayed:
    return replace(displayed, sums={**displayed.sums, frozenset(leaves): counts})


POOL = {A: (40, 20, 2), B: (30, 20, 9), C: (30, 20, 8)}


def test_pool_of_three_is_safe_from_all() -> None:
    assert leaks([shown_as({(A, B, C): (100, 60, 19)}, POOL)], LIMITS) == []


def test_pool_of_two_tells_each_about_the_other() -> None:
    [leak] = leaks([shown_as({(A, B): (70, 40, 11)}, {A: POOL[A], B: POOL[B]})], LIMITS)

    assert (leak.leaves, leak.kind, leak.lowest, leak.highest) == ({A}, 2, 2, 2)
    assert (leak.rule, leak.known_by) == (Rule.FEW_OF_A_KIND, B)
    assert str(leak) == (
        "whoever knows the counts of unit 12 can work out that kind 2 of unit 11 in slice 0 is 2 "
        "(few of a colour or movement)"
    )


def test_only_the_harmful_count_of_a_shown_school_is_a_leak() -> None:
    [leak] = leaks([shown_as({(A,): POOL[A]}, POOL)], LIMITS)

    assert (leak.leaves, leak.kind, leak.known_by) == ({A}, 2, None)


def test_what_is_remembered_is_found_again_and_nothing_else() -> None:
    """Another table with the same sums of other counts is not taken for the one before."""
    memory: Memory = {}
    pair = shown_as({(A, B): (70, 40, 11)}, {A: POOL[A], B: POOL[B]})
    others = shown_as({(A, B): (70, 40, 11)}, {A: (40, 20, 6), B: (30, 20, 5)})

    first = leaks([pair], LIMITS, memory=memory)

    assert first
    assert leaks([pair], LIMITS, memory=memory) == first
    assert leaks([others], LIMITS, memory=memory) == leaks([others], LIMITS) != first


def test_what_is_known_of_a_split_anyway_is_not_told_by_showing_it() -> None:
    """A school of which nothing but the colours of all is shown: that 9 of its 10 girls are green or yellow follows."""
    whole = shown_as({(A,): (45, 5, 5)}, {A: (45, 5, 5)})
    girls, boys = (7, 2, 1), (38, 3, 4)
    unshown = Displayed({}, {A: {GIRLS: girls, BOYS: boys}}, Part.COLOURS, frozenset({A}))
    shown = replace(unshown, sums={frozenset({A}): {GIRLS: girls}})

    assert leaks([whole, unshown], LIMITS) == []
    assert {leak.slice for leak in leaks([whole, shown], LIMITS)} == {GIRLS, BOYS}


def test_difference_of_two_sums_is_found() -> None:
    found = leaks([shown_as({(A, B, C): (100, 60, 19), (B, C): (60, 40, 17)}, POOL)], LIMITS, insiders=False)

    assert [(leak.leaves, leak.kind) for leak in found] == [({A}, 2)]


def test_sums_that_overlap_are_solved_together() -> None:
    """A + B, B + C and A + C: half their sum, minus B + C, is A."""
    sums = {(A, B): (70, 40, 11), (B, C): (60, 40, 17), (A, C): (70, 40, 10)}

    found = leaks([shown_as(sums, POOL)], LIMITS, insiders=False)

    assert [(leak.leaves, leak.kind, leak.lowest, leak.highest) for leak in found] == [({A}, 2, 2, 2)]


def test_narrow_interval_is_a_leak() -> None:
    """Of 14 pupils together 12 are red, and one school has only 10: the other at least two, at most four."""
    found = leaks([shown_as({(A, B): (1, 1, 12)}, {A: (0, 1, 3), B: (1, 0, 9)})], LIMITS, insiders=False)

    assert {(leak.leaves, leak.kind, leak.lowest, leak.highest) for leak in found} >= {
        (frozenset({A}), 2, 2, 4)
    }


def test_all_of_one_colour_is_a_leak() -> None:
    found = leaks([shown_as({(A, B, C): (90, 0, 0)}, dict.fromkeys((A, B, C), (30, 0, 0)))], LIMITS)

    assert {leak.rule for leak in found} == {Rule.ALL_OF_A_KIND}
    assert {leak.kind for leak in found if leak.known_by is None} == {0}


def test_42_pupils_of_whom_the_boys_are_shown() -> None:
    """The national table of 2017/18: 42 pupils, 23 boys, girls “~100”; one subtraction tells 17 of 19."""
    school = {GIRLS: (17, 0, 2), BOYS: (12, 6, 5)}
    whole = shown_as({(A,): (29, 6, 7)}, {A: (29, 6, 7)})
    boys = Displayed({frozenset({A}): {BOYS: school[BOYS]}}, {A: school}, Part.COLOURS)

    found = leaks([whole, boys], LIMITS)

    assert [(leak.slice, leak.kind, leak.lowest, leak.highest) for leak in found] == [(GIRLS, 2, 2, 2)]
    assert broken_rule(school[BOYS], LIMITS, Part.COLOURS) is None
    assert broken_rule(school[GIRLS], LIMITS, Part.COLOURS) is Rule.FEW_OF_A_KIND
    assert protect(Table({A: school}, {A: None}, Part.COLOURS), LIMITS).unshown


def test_group_alone_leaks_and_group_and_rest_together_do_not() -> None:
    """The group is safe in every school; the rest of one is not. Each protected by itself, the rest follows."""
    group = {A: (10, 6, 6), B: (20, 10, 10), C: (20, 10, 10)}
    rest = {A: (30, 20, 2), B: (30, 20, 12), C: (30, 20, 10)}
    truth = {leaf: {GROUP: group[leaf], REST: rest[leaf]} for leaf in group}
    split = Table(truth, dict.fromkeys(truth), Part.COLOURS)
    of_all = Table(
        {leaf: {ALL: _add(group[leaf], rest[leaf])} for leaf in group}, split.parents, Part.COLOURS
    )
    everything = protect(of_all, LIMITS)
    alone = Displayed({frozenset({leaf}): {GROUP: group[leaf]} for leaf in group}, truth, Part.COLOURS)

    together = protect(split, LIMITS, coarser_than=everything)

    assert everything.hidden == set()
    assert [(leak.leaves, leak.slice) for leak in leaks([displayed(of_all, everything), alone], LIMITS)] == [
        ({A}, REST)
    ]
    assert leaks([displayed(of_all, everything), displayed(split, together)], LIMITS) == []


def _add(first: Counts, second: Counts) -> Counts:
    return tuple(map(sum, zip(first, second, strict=True)))


def test_former_version_is_used_where_it_still_holds() -> None:
    former = shown_as({(B, C): (60, 40, 17)}, POOL)
    now = shown_as({(A, B, C): (100, 60, 19)}, POOL)

    assert {leak.known_by for leak in leaks([now], LIMITS, before=[former])} == {None}
    changed = shown_as({(B, C): (60, 40, 18)}, POOL | {C: (30, 20, 9)})
    assert leaks([now], LIMITS, before=[changed]) == []


def test_what_is_displayed_wrongly_is_refused() -> None:
    with pytest.raises(ValueError, match="not the sum"):
        leaks([shown_as({(A, B, C): (100, 60, 20)}, POOL)], LIMITS)


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ((40, 20, 10), []),
        ((39, 20, 10), [0]),
        ((45, 26, 10), []),
        ((45, 15, 10), [0, 1]),
        ((40, 20, 20), [2]),
        ((40, 20, 13), [2]),
    ],
)
def test_difference_of_versions(now: Counts, kinds: list[int]) -> None:
    before, after = shown_as({(A,): (40, 20, 10)}, {A: (40, 20, 10)}), shown_as({(A,): now}, {A: now})

    assert [leak.kind for leak in leaks_between(before, after, LIMITS)] == kinds


def test_difference_of_versions_is_found_by_subtraction_and_by_insiders() -> None:
    after = POOL | {C: (29, 20, 8)}
    former = shown_as({(A, B, C): (100, 60, 19), (D,): (40, 20, 10)}, POOL | {D: (40, 20, 10)})
    now = shown_as({(A, B, C, D): (139, 80, 29), (D,): (40, 20, 10)}, after | {D: (40, 20, 10)})

    found = leaks_between(former, now, LIMITS)

    assert {(leak.leaves, leak.known_by) for leak in found} == {
        (frozenset({A, B, C}), None),
        (frozenset({B, C}), A),
        (frozenset({A, C}), B),
    }


small_counts = st.tuples(*[st.integers(0, 25)] * 3)


@pytest.mark.slow
@given(st.lists(st.tuples(small_counts, small_counts), min_size=2, max_size=8))
@settings(deadline=None, max_examples=60)
def test_nothing_is_found_in_tables_of_small_counts(schools: list[tuple[Counts, Counts]]) -> None:
    """Of all pupils, and of a group and the rest."""
    leaves = {10 + n: {GROUP: group, REST: rest} for n, (group, rest) in enumerate(schools)}
    parents = {1: None, 2: 1, 3: 1} | {leaf: 2 + leaf % 2 for leaf in leaves}
    split = Table(leaves, parents, Part.COLOURS)
    table = Table(
        {leaf: {ALL: _add(*slices.values())} for leaf, slices in leaves.items()}, parents, Part.COLOURS
    )

    assert leaks([displayed(table, protect(table, LIMITS))], LIMITS) == []
    assert protect_family([table, split], LIMITS).leaks == []


@pytest.mark.slow
@pytest.mark.parametrize("n_pupils", SIZES)
def test_nothing_is_found_from_outside_or_by_any_school(n_pupils: int) -> None:
    for seed in range(20):
        table = invented_table(seed, n_pupils)

        assert leaks([displayed(table, protect(table, LIMITS))], LIMITS) == []


@pytest.mark.slow
@pytest.mark.parametrize("slices", [(GIRLS, BOYS), (GROUP, REST), (101, 102, 103)])
def test_nothing_is_found_in_splits(slices: tuple[int, ...]) -> None:
    shares = (0.2, 0.8) if GROUP in slices else [1 / len(slices)] * len(slices)
    for seed, n_pupils in enumerate(SIZES):
        table = invented_table(seed, n_pupils)
        of_all = protect(table, LIMITS)
        split = split_table(table, slices, shares, seed)
        other = split_table(table, (GROUP + 1, REST - 1), (0.3, 0.7), seed + 1)
        partitions = [of_all, *(protect(each, LIMITS, coarser_than=of_all) for each in (split, other))]
        shown = list(map(displayed, (table, split, other), partitions))

        assert leaks(shown, LIMITS) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", [Part.MOVEMENT, Part.COVERAGE])
def test_nothing_is_found_in_other_parts(part: Part) -> None:
    for seed in range(10):
        colours = invented_table(seed, 6_000)
        leaves = {
            leaf: {ALL: counts[ALL][:3] if part is Part.MOVEMENT else counts[ALL][2:3]}
            for leaf, counts in colours.leaves.items()
        }
        table = Table(leaves, colours.parents, part)
        partition = protect(table, LIMITS)

        assert leaks([displayed(table, partition)], LIMITS) == []


@pytest.mark.slow
def test_every_planted_fault_is_found() -> None:
    """One hidden count shown; one member left out of a pool; in towns of all sizes."""
    n_planted = 0
    for seed, n_pupils in enumerate(SIZES * 4):
        table = invented_table(seed, n_pupils)
        partition = protect(table, LIMITS)
        shown = displayed(table, partition)
        for pool in partition.pools:
            leaf = max(pool)
            faults = [plus(shown, pool - {leaf}, table.counts_of(pool - {leaf}))]
            for kind in range(3):
                only = [count if kind == n else None for n, count in enumerate(table.leaves[leaf][ALL])]
                faults.append(plus(shown, {leaf}, {ALL: only}))
            assert all(leaks([fault], LIMITS) for fault in faults)
            n_planted += len(faults)
    assert n_planted > 50


@pytest.mark.slow
def test_second_attacker_agrees() -> None:
    """The one by fractions, given what is displayed as a tree of sums, the sizes, and one school's counts."""
    n_pools = 0
    for seed, n_pupils in ((seed, n_pupils) for seed in range(6) for n_pupils in SIZES[:3]):
        table = invented_table(seed, n_pupils)
        partition = protect(table, LIMITS)
        sums = table.shown_sums(partition)
        readers: list[Leaf | None] = [None, *sorted(partition.hidden)]
        n_pools += len(partition.pools)
        for reader in readers:
            assert worked_out_by_fractions(table, sums, reader) == set()
        for leaf in {leaf for pool in partition.pools if len(pool) == 3 for leaf in pool}:
            faulty = {**sums, frozenset({leaf}): table.leaves[leaf]}
            assert any(worked_out_by_fractions(table, faulty, other) for other in readers)
    assert n_pools > 5


def worked_out_by_fractions(
    table: Table, sums: Mapping[frozenset[Leaf], Mapping[int, Counts]], reader: Leaf | None
) -> set[tuple[Leaf, str]]:
    """The counts of hidden leaves that have but one possible value for a reader."""
    kinds = ("green", "yellow", "red")
    sets = sorted(
        {*sums, *(frozenset({leaf}) for leaf in table.leaves)}, key=lambda each: (len(each), sorted(each))
    )
    number = {leaves: n for n, leaves in enumerate(sets)}
    parents = {
        number[leaves]: number[next(wider for wider in sets if leaves < wider)]
        for leaves in sets
        if any(leaves < wider for wider in sets)
    }
    known = {**sums} | ({frozenset({reader}): table.leaves[reader]} if reader is not None else {})
    shown = {
        (number[leaves], kind): count
        for leaves, slices in known.items()
        for kind, count in zip(kinds, slices[ALL], strict=False)
    }
    shown |= {
        (number[frozenset({leaf})], "measured"): sum(slices[ALL]) for leaf, slices in table.leaves.items()
    }
    shown |= {
        (each, kind): 0
        for each in number.values()
        for kind in ("uncoloured", "up", "still", "down", "missing")
    }
    found = worked_out(parents, shown)
    hidden = [leaf for leaf in table.leaves if frozenset({leaf}) not in known]
    of_hidden = {
        (leaf, kind) for leaf in hidden for kind in kinds if (number[frozenset({leaf})], kind) in found
    }
    shown_anyway = {
        (leaf, kind)
        for leaves in sums
        for leaf in leaves
        if len(leaves) == 1 and broken_rule(table.leaves[leaf][ALL], LIMITS, Part.COLOURS)
        for kind in kinds
    }
    return of_hidden | shown_anyway
