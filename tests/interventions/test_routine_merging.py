"""Which classes are told apart: rules, and an attacker who solves for what is not told. Pure, no database."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from interventions.early_effort import Limits
from interventions.routine.merging import Partition, Told, coarser, is_safe, merged, told_at

LIMITS = Limits(smallest_base=10, smallest_count=5)
FINEST = (("a",), ("b",), ("c",))


def pupils(n, place=1, begin=0):
    """So many of a place, each another."""
    return frozenset(range(1000 * place + begin, 1000 * place + begin + n))


def table(**n_of):
    """One class after the other: by its name, pupils per place; begun where the one before ended."""
    found, begin = {}, 0
    for name, counts in n_of.items():
        found[name] = {place: pupils(n, place, begin) for place, n in counts.items()}
        begin += 100
    return found


# ---- rules ----


def test_class_is_safe_with_none_or_enough_pupils():
    assert is_safe(("a",), table(a={1: 5}), 5)
    assert is_safe(("a",), table(a={1: 0}), 5)
    assert not is_safe(("a",), table(a={1: 4}), 5)


def test_class_is_not_safe_if_the_others_of_one_place_are_few():
    assert not is_safe(("a",), table(a={1: 20, 2: 3}), 5)
    assert is_safe(("a",), table(a={1: 20, 2: 5}), 5)


def test_pupil_with_several_cases_counts_once():
    same = {"a": {1: pupils(4)}, "b": {1: pupils(4)}}

    assert not is_safe(("a", "b"), same, 5)


def test_small_class_joins_the_smallest_other_one():
    found = merged(FINEST, [table(a={1: 3}, b={1: 9}, c={1: 6})], LIMITS, is_ordered=False)

    assert found == (("a", "c"), ("b",))


def test_class_with_an_order_joins_only_its_neighbour():
    found = merged(FINEST, [table(a={1: 3}, b={1: 9}, c={1: 6})], LIMITS, is_ordered=True)

    assert found == (("a", "b"), ("c",))


def test_classes_that_are_empty_between_two_others_go_with_them_and_those_at_the_end_do_not():
    classes = tuple((each,) for each in "abcde")

    found = merged(classes, [table(a={1: 20}, b={}, c={1: 3}, d={}, e={})], LIMITS, is_ordered=True)

    assert found == (("a", "b", "c"), ("d",), ("e",))


def test_empty_class_is_not_joined_where_a_filled_one_is_left():
    found = merged(FINEST, [table(a={1: 3}, b={}, c={1: 9})], LIMITS, is_ordered=False)

    assert found == (("a", "c"), ("b",))


def test_whole_below_the_base_is_not_told():
    assert merged(FINEST, [table(a={1: 9})], LIMITS, is_ordered=False) is None
    assert merged(FINEST, [table(a={1: 10})], LIMITS, is_ordered=False) == FINEST


def test_table_without_anybody_joins_nothing():
    assert merged(FINEST, [{}], LIMITS, is_ordered=False) == FINEST


def test_classes_are_joined_for_all_tables_at_once():
    one, other = table(a={1: 3}, b={1: 9}, c={1: 20}), table(a={2: 9}, b={2: 9}, c={2: 9})

    assert merged(FINEST, [one, other], LIMITS, is_ordered=False) == (("a", "b"), ("c",))


def test_coarser_of_two_partitions_is_coarser_than_both():
    assert coarser((("a", "b"), ("c",), ("d",)), (("a",), ("b", "c"), ("d",))) == (("a", "b", "c"), ("d",))


def test_area_whose_sibling_is_hidden_is_hidden():
    whole = table(a={1: 20, 2: 20, 3: 20}, b={1: 20, 2: 20, 3: 20}, c={})
    small = table(a={3: 2}, b={}, c={})

    (told, below) = told_at(
        [[[whole]], [[table(a={1: 20, 2: 20}, b={1: 20, 2: 20})], [small]]], "abc", LIMITS, is_ordered=False
    )

    assert (told, below) == (Told(FINEST, 1), None)


def test_spring_of_few_pupils_leaves_what_autumn_told():
    autumn, spring = table(a={1: 10}, b={1: 10}), table(a={1: 3})

    assert told_at([[[autumn, spring]]], "abc", LIMITS, is_ordered=False) == [Told(FINEST, 1)]


def test_classes_joined_in_autumn_stay_joined_in_spring():
    autumn, spring = table(a={1: 10}, b={1: 3}, c={1: 5}), table(a={1: 10}, b={1: 10}, c={1: 10})

    (autumn_told,) = told_at([[[autumn]]], "abc", LIMITS, is_ordered=False)
    (year_told,) = told_at([[[autumn, spring]]], "abc", LIMITS, is_ordered=False)

    assert autumn_told.partition == (("a",), ("b", "c"))
    assert year_told == Told((("a",), ("b", "c")), 2)


# ---- an attacker ----
#
# One pupil per case, so that counts of cases are counts of pupils. Cells: place x term x class of one dimension x class
# of another, which has an order. What has been read is everything that the pages say to a coordinator: of the
# municipality and of each area, after autumn and after the year, by both dimensions. Places 0 and 1 are of one area, 2
# and 3 of the other.

PLACES, TERMS, SEEDS = 4, 2, 60
AREAS = ((0, 1), (2, 3))
CLASSES = ("a", "b", "c")
Cells = dict[tuple[int, int, str, str], int]


def random_cells(seed: int) -> Cells:
    """Small, uneven and full of zeros: every place, term and class can be empty or few."""
    chance = random.Random(seed)  # noqa: S311 – the same cases each time
    sizes = [chance.choice([0, 1, 3, 8, 12]) for _place in range(PLACES)]
    weights = {(d, each): chance.choice([0, 1, 2, 4]) for d in (0, 1) for each in CLASSES}
    return {
        (place, term, one, other): chance.randint(0, sizes[place])
        * (chance.random() < 0.25 * weights[0, one] and chance.random() < 0.5 * weights[1, other])
        for place, term, one, other in itertools.product(range(PLACES), range(TERMS), CLASSES, CLASSES)
    }


def tables_of(cells: Cells, dimension: int, places: Iterable[int]) -> list:
    """One table per term of the cases of some places."""
    tables = []
    for term in range(TERMS):
        found: dict[str, dict[int, frozenset]] = {}
        for cell, n in cells.items():
            place, at, *classes = cell
            if at == term and place in places:
                here = found.setdefault(classes[dimension], {})
                here[place] = here.get(place, frozenset()) | {(*cell, k) for k in range(n)}
        tables.append(found)
    return tables


def levels_of(cells: Cells, dimension: int, upto: int) -> list:
    return [
        [tables_of(cells, dimension, range(PLACES))[:upto]],
        [tables_of(cells, dimension, area)[:upto] for area in AREAS],
    ]


def what_is_read(cells: Cells, tell=told_at) -> list[set]:
    """The sums that have been read, each as the set of its cells."""
    sums = []
    for dimension, upto in itertools.product((0, 1), (1, 2)):
        told = tell(levels_of(cells, dimension, upto), CLASSES, LIMITS, is_ordered=dimension == 1)
        for level, units in zip(told, ([range(PLACES)], AREAS), strict=True):
            if level is not None:
                sums += [
                    _cells(cells, unit, level.n_terms, dimension, group)
                    for unit in units
                    for group in level.partition
                ]
    return sums


def _cells(cells: Cells, places: Iterable[int], n_terms: int, dimension: int, group: Sequence[str]) -> set:
    return {
        cell for cell in cells if cell[0] in places and cell[1] < n_terms and cell[2 + dimension] in group
    }


def secrets(cells: Cells) -> Iterable[set]:
    """Sums that must not follow if they are of one to four pupils: of places, areas and all, terms, classes."""
    wheres = [*((place,) for place in range(PLACES)), *AREAS, tuple(range(PLACES))]
    whens = [(0,), (1,), (0, 1)]
    for where, when in itertools.product(wheres, whens):
        here = {cell for cell in cells if cell[0] in where and cell[1] in when}
        yield here
        for dimension, each in itertools.product((0, 1), CLASSES):
            yield {cell for cell in here if cell[2 + dimension] == each}
        for one, other in itertools.product(CLASSES, CLASSES):
            yield {cell for cell in here if cell[2:] == (one, other)}


def found_out(cells: Cells, read: list[set], known_place: int | None) -> list[set]:
    """The secrets of one to four pupils that follow for certain, in whole numbers. known_place: known cell by cell."""
    order = list(cells)
    truth = np.array([cells[cell] for cell in order])
    rows = np.array([[cell in each for cell in order] for each in read], dtype=float).reshape(-1, len(order))
    known = np.array([cell[0] == known_place for cell in order])
    bounds = Bounds(np.where(known, truth, 0), np.where(known, truth, 60))
    limits = [LinearConstraint(rows, rows @ truth, rows @ truth)] if len(read) else []
    out = []
    for secret in secrets(cells):
        wanted = np.array([cell in secret and cell[0] != known_place for cell in order], dtype=float)
        n = int(wanted @ truth)
        if 0 < n < LIMITS.smallest_count and all(
            round(sign * milp(sign * wanted, constraints=limits, bounds=bounds, integrality=1).fun) == n
            for sign in (1, -1)
        ):
            out.append(secret)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_count_of_one_to_four_follows_from_what_is_told(seed):
    cells = random_cells(seed)
    read = what_is_read(cells)

    leaks = [found_out(cells, read, place) for place in (None, seed % PLACES)]

    assert leaks == [[], []]


def test_what_is_told_is_more_than_nothing():
    told = [what_is_read(random_cells(seed)) for seed in range(SEEDS)]

    assert sum(bool(each) for each in told) >= SEEDS / 3


@pytest.mark.slow
def test_attacker_finds_what_a_careless_page_tells():
    """Each class as it is: without joining, the attacker must find something."""

    def careless(levels, classes, _limits, *, is_ordered):
        finest: Partition = tuple((each,) for each in classes)
        return [Told(finest, len(levels[0][0])) for _level in levels]

    cells = random_cells(3)

    assert found_out(cells, what_is_read(cells, careless), None)


@pytest.mark.slow
def test_attacker_finds_areas_that_are_told_by_themselves():
    """As told, but with an area told although its sibling is hidden: the other is the whole minus the one."""
    found = 0
    for seed in range(12):
        cells = random_cells(seed)
        told = told_at(levels_of(cells, 0, 1), CLASSES, LIMITS, is_ordered=False)
        if told[0] is not None and told[1] is None:
            read = [_cells(cells, range(PLACES), 1, 0, group) for group in told[0].partition]
            read += [_cells(cells, AREAS[0], 1, 0, (each,)) for each in CLASSES]
            found += bool(found_out(cells, read, None))

    assert found
